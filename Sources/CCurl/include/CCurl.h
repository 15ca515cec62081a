#ifndef MAVA_BULK_CCURL_H
#define MAVA_BULK_CCURL_H

#endif
