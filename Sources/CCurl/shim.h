#include <curl/curl.h>

// Swift cannot call functions with a variable number of arguments: one for each type that they are called with. In
// parentheses, because curl.h has macros of the same names.

static inline CURLcode rind_curl_set_number(CURL *curl, CURLoption option, long value) {
    return (curl_easy_setopt)(curl, option, value);
}

static inline CURLcode rind_curl_set_text(CURL *curl, CURLoption option, const char *value) {
    return (curl_easy_setopt)(curl, option, value);
}

static inline CURLcode rind_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
    return (curl_easy_setopt)(curl, option, value);
}

static inline CURLcode rind_curl_set_list(CURL *curl, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(curl, option, value);
}

static inline CURLcode rind_curl_set_mime(CURL *curl, curl_mime *value) {
    return (curl_easy_setopt)(curl, CURLOPT_MIMEPOST, value);
}

static inline CURLcode rind_curl_set_writer(CURL *curl, CURLoption option, curl_write_callback value) {
    return (curl_easy_setopt)(curl, option, value);
}

static inline CURLcode rind_curl_set_opener(CURL *curl, curl_opensocket_callback value) {
    return (curl_easy_setopt)(curl, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLcode rind_curl_set_progress(CURL *curl, curl_xferinfo_callback value) {
    return (curl_easy_setopt)(curl, CURLOPT_XFERINFOFUNCTION, value);
}

static inline CURLcode rind_curl_get_number(CURL *curl, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(curl, info, value);
}

static inline CURLcode rind_curl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }
