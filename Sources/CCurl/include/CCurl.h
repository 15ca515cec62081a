// The few functions of libcurl that mava-bulk uses, found at run time.
//
// Nothing here needs libcurl's own headers: the functions are resolved from the system's shared library
// when the first request is made, and the numbers below are libcurl's stable binary interface (they have
// never changed since each was added). Where the real headers are present, CCurl.c compares every number
// with them at compile time, so a slip cannot be built.
//
// libcurl's option calls take a variable argument, which Swift cannot call; each wrapper below fixes one
// argument type.

#ifndef MAVA_BULK_CCURL_H
#define MAVA_BULK_CCURL_H

#include <stddef.h>
#include <stdint.h>

// Handles of libcurl; only ever pointed to.
typedef struct CCurlEasy CCurlEasy;
typedef struct CCurlMulti CCurlMulti;
typedef struct CCurlList CCurlList;
typedef struct CCurlURL CCurlURL;
// A loaded library with its functions.
typedef struct CCurlLibrary CCurlLibrary;

// Options of an easy handle that take a `long`.
enum {
    CCURL_OPT_NETRC = 51,
    CCURL_OPT_FOLLOWLOCATION = 52,
    CCURL_OPT_SSL_VERIFYPEER = 64,
    CCURL_OPT_FRESH_CONNECT = 74,
    CCURL_OPT_HTTPGET = 80,
    CCURL_OPT_SSL_VERIFYHOST = 81,
    CCURL_OPT_HTTP_VERSION = 84,
    CCURL_OPT_BUFFERSIZE = 98,
    CCURL_OPT_NOSIGNAL = 99,
    CCURL_OPT_TCP_NODELAY = 121,
    CCURL_OPT_CONNECTTIMEOUT_MS = 156,
    CCURL_OPT_PROTOCOLS = 181,
    CCURL_OPT_HEADEROPT = 229,
    CCURL_OPT_PIPEWAIT = 237,
    CCURL_OPT_SUPPRESS_CONNECT_HEADERS = 265,
    CCURL_OPT_DISALLOW_USERNAME_IN_URL = 278,
    CCURL_OPT_HTTP09_ALLOWED = 285,
    CCURL_OPT_MAXAGE_CONN = 288,
    CCURL_OPT_QUICK_EXIT = 322, // since 7.87
};

// Options of an easy handle that take a string or another pointer.
enum {
    CCURL_OPT_WRITEDATA = 10001,
    CCURL_OPT_URL = 10002,
    CCURL_OPT_ERRORBUFFER = 10010,
    CCURL_OPT_POSTFIELDS = 10015,
    CCURL_OPT_HTTPHEADER = 10023,
    CCURL_OPT_HEADERDATA = 10029,
    CCURL_OPT_CUSTOMREQUEST = 10036,
    CCURL_OPT_CAINFO = 10065,
    CCURL_OPT_CAPATH = 10097,
    CCURL_OPT_PRIVATE = 10103,
    CCURL_OPT_OPENSOCKETDATA = 10164,
    CCURL_OPT_CURLU = 10282,
    CCURL_OPT_NOPROXY = 10177,
    CCURL_OPT_PREREQDATA = 10313,    // since 7.80
    CCURL_OPT_PROTOCOLS_STR = 10318, // since 7.85
};

// Options of an easy handle that take a function.
enum {
    CCURL_OPT_WRITEFUNCTION = 20011,
    CCURL_OPT_HEADERFUNCTION = 20079,
    CCURL_OPT_OPENSOCKETFUNCTION = 20163,
    CCURL_OPT_PREREQFUNCTION = 20312, // since 7.80
};

// Options of an easy handle that take a 64-bit number.
enum {
    CCURL_OPT_POSTFIELDSIZE_LARGE = 30120,
};

// Options of a multi handle: numbers, then what the two callbacks need.
enum {
    CCURL_MULTIOPT_MAXCONNECTS = 6,
    CCURL_MULTIOPT_MAX_TOTAL_CONNECTIONS = 13,
    CCURL_MULTIOPT_SOCKETDATA = 10002,
    CCURL_MULTIOPT_TIMERDATA = 10005,
    CCURL_MULTIOPT_SOCKETFUNCTION = 20001,
    CCURL_MULTIOPT_TIMERFUNCTION = 20004,
};

// What libcurl waits for at a socket (bits 1 and 2, or "no more"), what happened there, and the
// "socket" that means a timer that ran out.
enum {
    CCURL_POLL_IN = 1,
    CCURL_POLL_OUT = 2,
    CCURL_POLL_REMOVE = 4,
    CCURL_SELECT_IN = 1,
    CCURL_SELECT_OUT = 2,
    CCURL_SELECT_ERR = 4,
    CCURL_SOCKET_TIMEOUT = -1,
};

// What can be asked of an easy handle.
enum {
    CCURL_INFO_PRIVATE = 0x100000 + 21,
    CCURL_INFO_RESPONSE_CODE = 0x200000 + 2,
    CCURL_INFO_OS_ERRNO = 0x200000 + 25,
    CCURL_INFO_NUM_CONNECTS = 0x200000 + 26,
};

// Values of options.
enum {
    CCURL_HTTP_VERSION_1_1 = 2,
    CCURL_HTTP_VERSION_2TLS = 4,
    CCURL_PROTO_HTTP = 1,
    CCURL_PROTO_HTTPS = 2,
    CCURL_HEADER_SEPARATE = 1,
    CCURL_URLPART_URL = 0,
    CCURL_URL_DISALLOW_USER = 32,
    CCURL_GLOBAL_ALL = 3,
    CCURL_ERROR_SIZE = 256,
    CCURL_PREREQ_OK = 0,
    CCURL_PREREQ_ABORT = 1,
};

// Results of an easy handle that the transport distinguishes.
enum {
    CCURL_OK = 0,
    CCURL_UNSUPPORTED_PROTOCOL = 1,
    CCURL_FAILED_INIT = 2,
    CCURL_URL_MALFORMAT = 3,
    CCURL_NOT_BUILT_IN = 4,
    CCURL_COULDNT_RESOLVE_PROXY = 5,
    CCURL_COULDNT_RESOLVE_HOST = 6,
    CCURL_COULDNT_CONNECT = 7,
    CCURL_WEIRD_SERVER_REPLY = 8,
    CCURL_HTTP2 = 16,
    CCURL_PARTIAL_FILE = 18,
    CCURL_WRITE_ERROR = 23,
    CCURL_OUT_OF_MEMORY = 27,
    CCURL_OPERATION_TIMEDOUT = 28,
    CCURL_SSL_CONNECT_ERROR = 35,
    CCURL_ABORTED_BY_CALLBACK = 42,
    CCURL_UNKNOWN_OPTION = 48,
    CCURL_GOT_NOTHING = 52,
    CCURL_SSL_ENGINE_NOTFOUND = 53,
    CCURL_SSL_ENGINE_SETFAILED = 54,
    CCURL_SEND_ERROR = 55,
    CCURL_RECV_ERROR = 56,
    CCURL_SSL_CERTPROBLEM = 58,
    CCURL_SSL_CIPHER = 59,
    CCURL_PEER_FAILED_VERIFICATION = 60,
    CCURL_BAD_CONTENT_ENCODING = 61,
    CCURL_SSL_ENGINE_INITFAILED = 66,
    CCURL_SSL_CACERT_BADFILE = 77,
    CCURL_SSL_SHUTDOWN_FAILED = 80,
    CCURL_SSL_CRL_BADFILE = 82,
    CCURL_SSL_ISSUER_ERROR = 83,
    CCURL_NO_CONNECTION_AVAILABLE = 89,
    CCURL_SSL_PINNEDPUBKEYNOTMATCH = 90,
    CCURL_SSL_INVALIDCERTSTATUS = 91,
    CCURL_HTTP2_STREAM = 92,
    CCURL_PROXY = 97,
    CCURL_SSL_CLIENTCERT = 98,
    CCURL_TOO_LARGE = 100, // since 8.6
};

// Called with a piece of the body or one header line; another result than `size * count` ends the transfer.
typedef size_t (*CCurlDataFunction)(char *bytes, size_t size, size_t count, void *context);
// Called when there is a connection and the request is about to be written to it.
typedef int (*CCurlPrereqFunction)(
    void *context, char *remote, char *local, int remotePort, int localPort);

// Called when libcurl wants to know, from now on, whether a socket can be read or written, or no more.
typedef int (*CCurlSocketFunction)(
    CCurlEasy *easy, int socket, int what, void *context, void *socketContext);
// Called with the milliseconds after which libcurl wants to be called, in place of any said before; -1 for
// no more.
typedef int (*CCurlTimerFunction)(CCurlMulti *multi, long milliseconds, void *context);

// Loads a shared library, resolves every function, checks the version (0xXXYYZZ) and runs libcurl's own
// start-up. A loaded library is never unloaded again.
//
// The result is NULL on failure, with the reason in `message`. Not to be called by two threads at once:
// before 7.84, libcurl's start-up is not thread-safe.
CCurlLibrary *ccurl_open(
    const char *name, uint32_t minimumVersion, char *message, size_t messageSize);
// The version as 0xXXYYZZ, and as text.
uint32_t ccurl_version_number(const CCurlLibrary *library);
const char *ccurl_version_text(const CCurlLibrary *library);

CCurlEasy *ccurl_easy_new(const CCurlLibrary *library);
void ccurl_easy_free(const CCurlLibrary *library, CCurlEasy *easy);
int ccurl_easy_set_long(const CCurlLibrary *library, CCurlEasy *easy, int option, long value);
int ccurl_easy_set_size(const CCurlLibrary *library, CCurlEasy *easy, int option, int64_t value);
int ccurl_easy_set_string(
    const CCurlLibrary *library, CCurlEasy *easy, int option, const char *value);
int ccurl_easy_set_pointer(
    const CCurlLibrary *library, CCurlEasy *easy, int option, const void *value);
int ccurl_easy_set_list(const CCurlLibrary *library, CCurlEasy *easy, int option, CCurlList *list);
int ccurl_easy_set_data_function(
    const CCurlLibrary *library, CCurlEasy *easy, int option, CCurlDataFunction function);
int ccurl_easy_set_prereq_function(
    const CCurlLibrary *library, CCurlEasy *easy, CCurlPrereqFunction function);
// Lets the handle's sockets be opened here; why one could not be is written to `*errorNumber`.
int ccurl_easy_note_socket_errors(
    const CCurlLibrary *library, CCurlEasy *easy, int *errorNumber);
// The system's error number at the last connection that failed; zero when it is not known.
int ccurl_easy_system_error(const CCurlLibrary *library, CCurlEasy *easy);
// The number of connections that were made for the last request; -1 when it is not known.
long ccurl_easy_new_connections(const CCurlLibrary *library, CCurlEasy *easy);
// Zero when it is not known.
long ccurl_easy_response_code(const CCurlLibrary *library, CCurlEasy *easy);
// The pointer that was set with CCURL_OPT_PRIVATE.
void *ccurl_easy_private(const CCurlLibrary *library, CCurlEasy *easy);
const char *ccurl_easy_error_text(const CCurlLibrary *library, int result);

// Appends a copy of `text`. NULL when memory is short; the list is then unchanged.
CCurlList *ccurl_list_append(const CCurlLibrary *library, CCurlList *list, const char *text);
void ccurl_list_free(const CCurlLibrary *library, CCurlList *list);

// Takes a URL apart, for CCURL_OPT_CURLU. NULL when it is none, names a user, or memory is short.
CCurlURL *ccurl_url_new(const CCurlLibrary *library, const char *text);
void ccurl_url_free(const CCurlLibrary *library, CCurlURL *url);

CCurlMulti *ccurl_multi_new(const CCurlLibrary *library);
void ccurl_multi_free(const CCurlLibrary *library, CCurlMulti *multi);
int ccurl_multi_set_long(const CCurlLibrary *library, CCurlMulti *multi, int option, long value);
int ccurl_multi_add(const CCurlLibrary *library, CCurlMulti *multi, CCurlEasy *easy);
int ccurl_multi_remove(const CCurlLibrary *library, CCurlMulti *multi, CCurlEasy *easy);
// Sets both callbacks and what they get as their context.
int ccurl_multi_set_callbacks(
    const CCurlLibrary *library, CCurlMulti *multi, CCurlSocketFunction onSocket,
    CCurlTimerFunction onTimer, void *context);
// Lets libcurl work on one socket that is ready (CCURL_SELECT_ bits), or, for CCURL_SOCKET_TIMEOUT, on what
// is due.
int ccurl_multi_act(const CCurlLibrary *library, CCurlMulti *multi, int socket, int events);
// The next transfer that has ended and its result; NULL when there is none.
CCurlEasy *ccurl_multi_next_done(const CCurlLibrary *library, CCurlMulti *multi, int *result);
const char *ccurl_multi_error_text(const CCurlLibrary *library, int result);

#endif
