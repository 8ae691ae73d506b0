/* The scanner once more as machines without SSE2 or NEON get it, under other
 * names, for test-scan to compare. */
#define SCAN_PORTABLE
#define shape_init  portable_shape_init
#define record_scan portable_record_scan
#define json_scan   portable_json_scan
#define key_is      portable_key_is
#define json_escape portable_json_escape
#define utf8_check  portable_utf8_check
#include "record/scan.c"
