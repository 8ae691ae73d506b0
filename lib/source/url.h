/*
 * Addresses: relative ones made whole (RFC 3986, section 5), parameters set in their
 * query, and the wrappings of search engines taken off.
 */
#ifndef SOURCE_URL_H
#define SOURCE_URL_H

#include "base/buf.h"
#include "base/str.h"

/* Adds what `reference` means when it is met in a document at `base` (empty: not known, or
 * beyond all measure; then the reference stays as it is). White space around it is dropped,
 * and line breaks and tabs within it. */
void url_resolve(struct buf *to, struct str base, struct str reference);

/* Has it a scheme? */
bool url_is_absolute(struct str url);

/* Is it something that can be opened on the web? */
bool url_is_web(struct str url);

/* The host, as it is spelled; empty where there is none. */
struct str url_host(struct str url);

/* Have both the same scheme, host and port? False for what has no host. */
bool url_same_origin(struct str a, struct str b);

/* Adds text percent-encoded (RFC 3986, unreserved characters as they are). */
void url_encode(struct buf *to, struct str text);

/* Adds an address as it can be asked for: what no address holds, blanks, controls and bytes
 * beyond ASCII, percent-encoded. */
void url_mend(struct buf *to, struct str url);

/* Adds url with `name=value` at the end of its query, in place of all parameters of that
 * name; a value with ptr NULL only takes them away. A fragment stays. */
void url_set_query(struct buf *to, struct str url, struct str name, struct str value);

/* Does the address hold this text, percent-encoded once, several times or not at all? */
bool url_holds(struct str url, struct str text);

/* How many bytes of url spell the text, percent-encoded or not; 0: it does not begin so. */
size_t url_spelled(struct str url, struct str text);

/* Adds url with another text in place of `text`, wherever that stands, percent-encoded or
 * not. */
void url_replace(struct buf *to, struct str url, struct str text, struct str with);

/* Adds where a reference in a document at `base` leads: made whole, wrappings taken off.
 * Nothing where it is empty: that would mean the document itself. */
void url_lead(struct buf *to, struct str base, struct str reference);

/* If url is a redirection by Google (google.TLD/url?url=…) or YouTube (/redirect?q=…), adds
 * the address that it leads to, in UTF-8 as far as it is, and returns true. */
bool url_unwrap(struct buf *to, struct str url);

#endif
