#include "CCurl.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

// The start of libcurl's `curl_version_info_data`, as it has been since the first version of it.
typedef struct {
    int age;
    const char *version;
    unsigned int versionNumber;
} VersionInfo;

// The start of libcurl's `curl_sockaddr`.
typedef struct {
    int family;
    int type;
    int protocol;
} SocketAddress;

// libcurl's `CURLMsg`.
typedef struct {
    int kind;
    CCurlEasy *easy;
    union {
        void *pointer;
        int result;
    } data;
} Message;

enum { MESSAGE_DONE = 1 };

struct CCurlLibrary {
    void *handle;
    int (*global_init)(long);
    const VersionInfo *(*version_info)(int);
    CCurlEasy *(*easy_init)(void);
    void (*easy_cleanup)(CCurlEasy *);
    int (*easy_setopt)(CCurlEasy *, int, ...);
    int (*easy_getinfo)(CCurlEasy *, int, ...);
    const char *(*easy_strerror)(int);
    CCurlList *(*slist_append)(CCurlList *, const char *);
    void (*slist_free_all)(CCurlList *);
    CCurlURL *(*url)(void);
    int (*url_set)(CCurlURL *, int, const char *, unsigned int);
    void (*url_cleanup)(CCurlURL *);
    CCurlMulti *(*multi_init)(void);
    int (*multi_cleanup)(CCurlMulti *);
    int (*multi_setopt)(CCurlMulti *, int, ...);
    int (*multi_add_handle)(CCurlMulti *, CCurlEasy *);
    int (*multi_remove_handle)(CCurlMulti *, CCurlEasy *);
    int (*multi_socket_action)(CCurlMulti *, int, int, int *);
    Message *(*multi_info_read)(CCurlMulti *, int *);
    const char *(*multi_strerror)(int);
};

static void discard(CCurlLibrary *library) {
    dlclose(library->handle);
    free(library);
}

CCurlLibrary *ccurl_open(
    const char *name, uint32_t minimumVersion, char *message, size_t messageSize) {
    CCurlLibrary *library = calloc(1, sizeof *library);
    if (library == NULL) {
        snprintf(message, messageSize, "out of memory");
        return NULL;
    }
    library->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library->handle == NULL) {
        const char *reason = dlerror();
        snprintf(message, messageSize, "%s", reason == NULL ? "not found" : reason);
        free(library);
        return NULL;
    }
    const struct {
        const char *name;
        void *target;
    } symbols[] = {
        {"curl_global_init", &library->global_init},
        {"curl_version_info", &library->version_info},
        {"curl_easy_init", &library->easy_init},
        {"curl_easy_cleanup", &library->easy_cleanup},
        {"curl_easy_setopt", &library->easy_setopt},
        {"curl_easy_getinfo", &library->easy_getinfo},
        {"curl_easy_strerror", &library->easy_strerror},
        {"curl_slist_append", &library->slist_append},
        {"curl_slist_free_all", &library->slist_free_all},
        {"curl_url", &library->url},
        {"curl_url_set", &library->url_set},
        {"curl_url_cleanup", &library->url_cleanup},
        {"curl_multi_init", &library->multi_init},
        {"curl_multi_cleanup", &library->multi_cleanup},
        {"curl_multi_setopt", &library->multi_setopt},
        {"curl_multi_add_handle", &library->multi_add_handle},
        {"curl_multi_remove_handle", &library->multi_remove_handle},
        {"curl_multi_socket_action", &library->multi_socket_action},
        {"curl_multi_info_read", &library->multi_info_read},
        {"curl_multi_strerror", &library->multi_strerror},
    };
    for (size_t index = 0; index < sizeof symbols / sizeof symbols[0]; index++) {
        void *address = dlsym(library->handle, symbols[index].name);
        if (address == NULL) {
            snprintf(
                message, messageSize, "%s has no %s: it is too old", name, symbols[index].name);
            discard(library);
            return NULL;
        }
        // POSIX lets a function's address travel as a pointer to an object; C has no cast for it.
        *(void **)symbols[index].target = address;
    }
    const VersionInfo *version = library->version_info(0);
    if (version->versionNumber < minimumVersion) {
        snprintf(message, messageSize, "%s is version %s: too old", name, version->version);
        discard(library);
        return NULL;
    }
    int result = library->global_init(CCURL_GLOBAL_ALL);
    if (result != CCURL_OK) {
        snprintf(message, messageSize, "%s: %s", name, library->easy_strerror(result));
        // Not unloaded: what its start-up has begun may still refer to its code.
        free(library);
        return NULL;
    }
    return library;
}

uint32_t ccurl_version_number(const CCurlLibrary *library) {
    return library->version_info(0)->versionNumber;
}

const char *ccurl_version_text(const CCurlLibrary *library) {
    return library->version_info(0)->version;
}

CCurlEasy *ccurl_easy_new(const CCurlLibrary *library) { return library->easy_init(); }

void ccurl_easy_free(const CCurlLibrary *library, CCurlEasy *easy) { library->easy_cleanup(easy); }

int ccurl_easy_set_long(const CCurlLibrary *library, CCurlEasy *easy, int option, long value) {
    return library->easy_setopt(easy, option, value);
}

int ccurl_easy_set_size(const CCurlLibrary *library, CCurlEasy *easy, int option, int64_t value) {
    return library->easy_setopt(easy, option, value);
}

int ccurl_easy_set_string(
    const CCurlLibrary *library, CCurlEasy *easy, int option, const char *value) {
    return library->easy_setopt(easy, option, value);
}

int ccurl_easy_set_pointer(
    const CCurlLibrary *library, CCurlEasy *easy, int option, const void *value) {
    return library->easy_setopt(easy, option, value);
}

int ccurl_easy_set_list(const CCurlLibrary *library, CCurlEasy *easy, int option, CCurlList *list) {
    return library->easy_setopt(easy, option, list);
}

int ccurl_easy_set_data_function(
    const CCurlLibrary *library, CCurlEasy *easy, int option, CCurlDataFunction function) {
    return library->easy_setopt(easy, option, function);
}

int ccurl_easy_set_prereq_function(
    const CCurlLibrary *library, CCurlEasy *easy, CCurlPrereqFunction function) {
    return library->easy_setopt(easy, CCURL_OPT_PREREQFUNCTION, function);
}

// libcurl's `CURLOPT_OPENSOCKETFUNCTION`. By itself libcurl does not say why it has no socket.
static int open_socket(void *context, int purpose, SocketAddress *address) {
    (void)purpose;
    int descriptor = socket(address->family, address->type, address->protocol);
    if (descriptor < 0) {
        *(int *)context = errno;
    } else {
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    return descriptor;
}

int ccurl_easy_note_socket_errors(
    const CCurlLibrary *library, CCurlEasy *easy, int *errorNumber) {
    int result = library->easy_setopt(easy, CCURL_OPT_OPENSOCKETDATA, errorNumber);
    if (result == CCURL_OK)
        result = library->easy_setopt(easy, CCURL_OPT_OPENSOCKETFUNCTION, open_socket);
    return result;
}

int ccurl_easy_system_error(const CCurlLibrary *library, CCurlEasy *easy) {
    long number = 0;
    if (library->easy_getinfo(easy, CCURL_INFO_OS_ERRNO, &number) != CCURL_OK) return 0;
    return (int)number;
}

long ccurl_easy_new_connections(const CCurlLibrary *library, CCurlEasy *easy) {
    long count = 0;
    if (library->easy_getinfo(easy, CCURL_INFO_NUM_CONNECTS, &count) != CCURL_OK) return -1;
    return count;
}

long ccurl_easy_response_code(const CCurlLibrary *library, CCurlEasy *easy) {
    long code = 0;
    if (library->easy_getinfo(easy, CCURL_INFO_RESPONSE_CODE, &code) != CCURL_OK) return 0;
    return code;
}

void *ccurl_easy_private(const CCurlLibrary *library, CCurlEasy *easy) {
    void *pointer = NULL;
    if (library->easy_getinfo(easy, CCURL_INFO_PRIVATE, &pointer) != CCURL_OK) return NULL;
    return pointer;
}

const char *ccurl_easy_error_text(const CCurlLibrary *library, int result) {
    return library->easy_strerror(result);
}

CCurlList *ccurl_list_append(const CCurlLibrary *library, CCurlList *list, const char *text) {
    return library->slist_append(list, text);
}

void ccurl_list_free(const CCurlLibrary *library, CCurlList *list) {
    library->slist_free_all(list);
}

CCurlURL *ccurl_url_new(const CCurlLibrary *library, const char *text) {
    CCurlURL *url = library->url();
    if (url == NULL) return NULL;
    if (library->url_set(url, CCURL_URLPART_URL, text, CCURL_URL_DISALLOW_USER) != CCURL_OK) {
        library->url_cleanup(url);
        return NULL;
    }
    return url;
}

void ccurl_url_free(const CCurlLibrary *library, CCurlURL *url) { library->url_cleanup(url); }

CCurlMulti *ccurl_multi_new(const CCurlLibrary *library) { return library->multi_init(); }

void ccurl_multi_free(const CCurlLibrary *library, CCurlMulti *multi) {
    library->multi_cleanup(multi);
}

int ccurl_multi_set_long(const CCurlLibrary *library, CCurlMulti *multi, int option, long value) {
    return library->multi_setopt(multi, option, value);
}

int ccurl_multi_add(const CCurlLibrary *library, CCurlMulti *multi, CCurlEasy *easy) {
    return library->multi_add_handle(multi, easy);
}

int ccurl_multi_remove(const CCurlLibrary *library, CCurlMulti *multi, CCurlEasy *easy) {
    return library->multi_remove_handle(multi, easy);
}

int ccurl_multi_set_callbacks(
    const CCurlLibrary *library, CCurlMulti *multi, CCurlSocketFunction onSocket,
    CCurlTimerFunction onTimer, void *context) {
    int result = library->multi_setopt(multi, CCURL_MULTIOPT_SOCKETDATA, context);
    if (result == CCURL_OK)
        result = library->multi_setopt(multi, CCURL_MULTIOPT_TIMERDATA, context);
    if (result == CCURL_OK)
        result = library->multi_setopt(multi, CCURL_MULTIOPT_SOCKETFUNCTION, onSocket);
    if (result == CCURL_OK)
        result = library->multi_setopt(multi, CCURL_MULTIOPT_TIMERFUNCTION, onTimer);
    return result;
}

int ccurl_multi_act(const CCurlLibrary *library, CCurlMulti *multi, int socket, int events) {
    int running = 0;
    return library->multi_socket_action(multi, socket, events, &running);
}

CCurlEasy *ccurl_multi_next_done(const CCurlLibrary *library, CCurlMulti *multi, int *result) {
    for (;;) {
        int left = 0;
        const Message *message = library->multi_info_read(multi, &left);
        if (message == NULL) return NULL;
        if (message->kind == MESSAGE_DONE) {
            *result = message->data.result;
            return message->easy;
        }
    }
}

const char *ccurl_multi_error_text(const CCurlLibrary *library, int result) {
    return library->multi_strerror(result);
}

// Where libcurl's own headers are at hand, everything written down above is compared with them.
#if defined(__has_include) && !defined(MAVA_BULK_IGNORE_CURL_HEADERS)
#if __has_include(<curl/curl.h>)
#include <curl/curl.h>

#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #ours " is not " #theirs)

SAME(CCURL_OPT_NETRC, CURLOPT_NETRC);
SAME(CCURL_OPT_FOLLOWLOCATION, CURLOPT_FOLLOWLOCATION);
SAME(CCURL_OPT_SSL_VERIFYPEER, CURLOPT_SSL_VERIFYPEER);
SAME(CCURL_OPT_FRESH_CONNECT, CURLOPT_FRESH_CONNECT);
SAME(CCURL_OPT_HTTPGET, CURLOPT_HTTPGET);
SAME(CCURL_OPT_SSL_VERIFYHOST, CURLOPT_SSL_VERIFYHOST);
SAME(CCURL_OPT_HTTP_VERSION, CURLOPT_HTTP_VERSION);
SAME(CCURL_OPT_BUFFERSIZE, CURLOPT_BUFFERSIZE);
SAME(CCURL_OPT_NOSIGNAL, CURLOPT_NOSIGNAL);
SAME(CCURL_OPT_TCP_NODELAY, CURLOPT_TCP_NODELAY);
SAME(CCURL_OPT_CONNECTTIMEOUT_MS, CURLOPT_CONNECTTIMEOUT_MS);
SAME(CCURL_OPT_HEADEROPT, CURLOPT_HEADEROPT);
SAME(CCURL_OPT_PIPEWAIT, CURLOPT_PIPEWAIT);
SAME(CCURL_OPT_SUPPRESS_CONNECT_HEADERS, CURLOPT_SUPPRESS_CONNECT_HEADERS);
SAME(CCURL_OPT_WRITEDATA, CURLOPT_WRITEDATA);
SAME(CCURL_OPT_URL, CURLOPT_URL);
SAME(CCURL_OPT_ERRORBUFFER, CURLOPT_ERRORBUFFER);
SAME(CCURL_OPT_HTTPHEADER, CURLOPT_HTTPHEADER);
SAME(CCURL_OPT_HEADERDATA, CURLOPT_HEADERDATA);
SAME(CCURL_OPT_CUSTOMREQUEST, CURLOPT_CUSTOMREQUEST);
SAME(CCURL_OPT_CAINFO, CURLOPT_CAINFO);
SAME(CCURL_OPT_CAPATH, CURLOPT_CAPATH);
SAME(CCURL_OPT_PRIVATE, CURLOPT_PRIVATE);
SAME(CCURL_OPT_NOPROXY, CURLOPT_NOPROXY);
SAME(CCURL_OPT_CURLU, CURLOPT_CURLU);
SAME(CCURL_OPT_OPENSOCKETDATA, CURLOPT_OPENSOCKETDATA);
SAME(CCURL_OPT_OPENSOCKETFUNCTION, CURLOPT_OPENSOCKETFUNCTION);
SAME(CCURL_OPT_POSTFIELDS, CURLOPT_POSTFIELDS);
SAME(CCURL_OPT_WRITEFUNCTION, CURLOPT_WRITEFUNCTION);
SAME(CCURL_OPT_HEADERFUNCTION, CURLOPT_HEADERFUNCTION);
SAME(CCURL_OPT_POSTFIELDSIZE_LARGE, CURLOPT_POSTFIELDSIZE_LARGE);
SAME(CCURL_MULTIOPT_MAXCONNECTS, CURLMOPT_MAXCONNECTS);
SAME(CCURL_MULTIOPT_MAX_TOTAL_CONNECTIONS, CURLMOPT_MAX_TOTAL_CONNECTIONS);
SAME(CCURL_MULTIOPT_SOCKETDATA, CURLMOPT_SOCKETDATA);
SAME(CCURL_MULTIOPT_TIMERDATA, CURLMOPT_TIMERDATA);
SAME(CCURL_MULTIOPT_SOCKETFUNCTION, CURLMOPT_SOCKETFUNCTION);
SAME(CCURL_MULTIOPT_TIMERFUNCTION, CURLMOPT_TIMERFUNCTION);
SAME(CCURL_POLL_IN, CURL_POLL_IN);
SAME(CCURL_POLL_OUT, CURL_POLL_OUT);
SAME(CCURL_POLL_REMOVE, CURL_POLL_REMOVE);
SAME(CCURL_SELECT_IN, CURL_CSELECT_IN);
SAME(CCURL_SELECT_OUT, CURL_CSELECT_OUT);
SAME(CCURL_SELECT_ERR, CURL_CSELECT_ERR);
SAME(CCURL_SOCKET_TIMEOUT, CURL_SOCKET_TIMEOUT);
SAME(CCURL_INFO_PRIVATE, CURLINFO_PRIVATE);
SAME(CCURL_INFO_RESPONSE_CODE, CURLINFO_RESPONSE_CODE);
SAME(CCURL_INFO_OS_ERRNO, CURLINFO_OS_ERRNO);
SAME(CCURL_INFO_NUM_CONNECTS, CURLINFO_NUM_CONNECTS);
SAME(CCURL_HTTP_VERSION_1_1, CURL_HTTP_VERSION_1_1);
SAME(CCURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_2TLS);
SAME(CCURL_PROTO_HTTP, CURLPROTO_HTTP);
SAME(CCURL_PROTO_HTTPS, CURLPROTO_HTTPS);
SAME(CCURL_HEADER_SEPARATE, CURLHEADER_SEPARATE);
SAME(CCURL_URLPART_URL, CURLUPART_URL);
SAME(CCURL_URL_DISALLOW_USER, CURLU_DISALLOW_USER);
SAME(CCURL_GLOBAL_ALL, CURL_GLOBAL_ALL);
SAME(CCURL_ERROR_SIZE, CURL_ERROR_SIZE);
SAME(CCURL_OK, CURLE_OK);
SAME(CCURL_UNSUPPORTED_PROTOCOL, CURLE_UNSUPPORTED_PROTOCOL);
SAME(CCURL_FAILED_INIT, CURLE_FAILED_INIT);
SAME(CCURL_URL_MALFORMAT, CURLE_URL_MALFORMAT);
SAME(CCURL_NOT_BUILT_IN, CURLE_NOT_BUILT_IN);
SAME(CCURL_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_PROXY);
SAME(CCURL_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_HOST);
SAME(CCURL_COULDNT_CONNECT, CURLE_COULDNT_CONNECT);
SAME(CCURL_WEIRD_SERVER_REPLY, CURLE_WEIRD_SERVER_REPLY);
SAME(CCURL_HTTP2, CURLE_HTTP2);
SAME(CCURL_PARTIAL_FILE, CURLE_PARTIAL_FILE);
SAME(CCURL_WRITE_ERROR, CURLE_WRITE_ERROR);
SAME(CCURL_OUT_OF_MEMORY, CURLE_OUT_OF_MEMORY);
SAME(CCURL_OPERATION_TIMEDOUT, CURLE_OPERATION_TIMEDOUT);
SAME(CCURL_SSL_CONNECT_ERROR, CURLE_SSL_CONNECT_ERROR);
SAME(CCURL_ABORTED_BY_CALLBACK, CURLE_ABORTED_BY_CALLBACK);
SAME(CCURL_UNKNOWN_OPTION, CURLE_UNKNOWN_OPTION);
SAME(CCURL_GOT_NOTHING, CURLE_GOT_NOTHING);
SAME(CCURL_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_NOTFOUND);
SAME(CCURL_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_SETFAILED);
SAME(CCURL_SEND_ERROR, CURLE_SEND_ERROR);
SAME(CCURL_RECV_ERROR, CURLE_RECV_ERROR);
SAME(CCURL_SSL_CERTPROBLEM, CURLE_SSL_CERTPROBLEM);
SAME(CCURL_SSL_CIPHER, CURLE_SSL_CIPHER);
SAME(CCURL_PEER_FAILED_VERIFICATION, CURLE_PEER_FAILED_VERIFICATION);
SAME(CCURL_BAD_CONTENT_ENCODING, CURLE_BAD_CONTENT_ENCODING);
SAME(CCURL_SSL_ENGINE_INITFAILED, CURLE_SSL_ENGINE_INITFAILED);
SAME(CCURL_SSL_CACERT_BADFILE, CURLE_SSL_CACERT_BADFILE);
SAME(CCURL_SSL_SHUTDOWN_FAILED, CURLE_SSL_SHUTDOWN_FAILED);
SAME(CCURL_SSL_CRL_BADFILE, CURLE_SSL_CRL_BADFILE);
SAME(CCURL_SSL_ISSUER_ERROR, CURLE_SSL_ISSUER_ERROR);
SAME(CCURL_NO_CONNECTION_AVAILABLE, CURLE_NO_CONNECTION_AVAILABLE);
SAME(CCURL_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_PINNEDPUBKEYNOTMATCH);
SAME(CCURL_SSL_INVALIDCERTSTATUS, CURLE_SSL_INVALIDCERTSTATUS);
SAME(CCURL_HTTP2_STREAM, CURLE_HTTP2_STREAM);
SAME(MESSAGE_DONE, CURLMSG_DONE);

// Numbers of options that older headers, which we may be built beside, do not know yet.
#if LIBCURL_VERSION_NUM < 0x075500
SAME(CCURL_OPT_PROTOCOLS, CURLOPT_PROTOCOLS);
#else
SAME(CCURL_OPT_PROTOCOLS_STR, CURLOPT_PROTOCOLS_STR);
#endif
#if LIBCURL_VERSION_NUM >= 0x073d00
SAME(CCURL_OPT_DISALLOW_USERNAME_IN_URL, CURLOPT_DISALLOW_USERNAME_IN_URL);
#endif
#if LIBCURL_VERSION_NUM >= 0x074000
SAME(CCURL_OPT_HTTP09_ALLOWED, CURLOPT_HTTP09_ALLOWED);
#endif
#if LIBCURL_VERSION_NUM >= 0x074100
SAME(CCURL_OPT_MAXAGE_CONN, CURLOPT_MAXAGE_CONN);
#endif
#if LIBCURL_VERSION_NUM >= 0x074900
SAME(CCURL_PROXY, CURLE_PROXY);
#endif
#if LIBCURL_VERSION_NUM >= 0x074d00
SAME(CCURL_SSL_CLIENTCERT, CURLE_SSL_CLIENTCERT);
#endif
#if LIBCURL_VERSION_NUM >= 0x075000
SAME(CCURL_OPT_PREREQDATA, CURLOPT_PREREQDATA);
SAME(CCURL_OPT_PREREQFUNCTION, CURLOPT_PREREQFUNCTION);
SAME(CCURL_PREREQ_OK, CURL_PREREQFUNC_OK);
SAME(CCURL_PREREQ_ABORT, CURL_PREREQFUNC_ABORT);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
SAME(CCURL_OPT_QUICK_EXIT, CURLOPT_QUICK_EXIT);
#endif
#if LIBCURL_VERSION_NUM >= 0x080600
SAME(CCURL_TOO_LARGE, CURLE_TOO_LARGE);
#endif

_Static_assert(
    offsetof(SocketAddress, type) == offsetof(struct curl_sockaddr, socktype)
        && offsetof(SocketAddress, protocol) == offsetof(struct curl_sockaddr, protocol),
    "curl_sockaddr has another form");
_Static_assert(sizeof(Message) == sizeof(CURLMsg), "CURLMsg has another size");
_Static_assert(offsetof(Message, kind) == offsetof(CURLMsg, msg), "CURLMsg.msg moved");
_Static_assert(offsetof(Message, easy) == offsetof(CURLMsg, easy_handle), "CURLMsg.easy_handle moved");
_Static_assert(offsetof(Message, data) == offsetof(CURLMsg, data), "CURLMsg.data moved");
_Static_assert(
    offsetof(VersionInfo, version) == offsetof(curl_version_info_data, version),
    "curl_version_info_data.version moved");
_Static_assert(
    offsetof(VersionInfo, versionNumber) == offsetof(curl_version_info_data, version_num),
    "curl_version_info_data.version_num moved");
_Static_assert(sizeof(curl_off_t) == sizeof(int64_t), "curl_off_t is not 64 bits");
#endif
#endif
