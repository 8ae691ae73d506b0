/* Addresses, limits and memories of hinoban-fetch. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "base/clock.h"
#include "base/files.h"
#include "fetch/address.h"
#include "fetch/limit.h"
#include "fetch/memory.h"

/* ---- addresses ---- */

static bool v4_is_private(const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &in.sin_addr), 1);
    return address_is_private((const struct sockaddr *)&in);
}

static bool v6_is_private(const char *text)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return address_is_private((const struct sockaddr *)&in6);
}

static void tells_private_addresses_of_ipv4(void **state)
{
    static const char *const private[] = {
        "0.0.0.0",     "10.0.0.1",    "10.255.255.255", "100.64.0.1",     "127.0.0.1",
        "127.255.0.1", "169.254.1.1", "172.16.0.1",     "172.31.255.255", "192.0.0.1",
        "192.168.1.1", "198.18.0.1",  "198.19.255.255", "203.0.113.9",    "224.0.0.1",
        "239.255.0.1", "240.0.0.1",   "255.255.255.255"};
    static const char *const public[] = {
        "1.1.1.1",         "9.255.255.255", "11.0.0.0",   "100.63.0.1",     "100.128.0.0",
        "126.255.255.255", "128.0.0.1",     "172.15.0.1", "172.32.0.0",     "192.167.0.1",
        "192.169.0.1",     "198.17.0.1",    "198.20.0.0", "223.255.255.255"};
    (void)state;
    for (size_t i = 0; i < sizeof private / sizeof *private; i++)
        assert_true(v4_is_private(private[i]));
    for (size_t i = 0; i < sizeof public / sizeof *public; i++)
        assert_false(v4_is_private(public[i]));
}

static void tells_private_addresses_of_ipv6(void **state)
{
    static const char *const private[] = {"::",
                                          "::1",
                                          "fc00::1",
                                          "fd12:3456::1",
                                          "fe80::1",
                                          "ff02::1",
                                          "2001:db8::1",
                                          "3fff::1",
                                          "2001::1",
                                          "::ffff:127.0.0.1",
                                          "::ffff:10.1.2.3",
                                          "64:ff9b::7f00:1",
                                          "64:ff9b::c0a8:101",
                                          "2002:7f00:1::",
                                          "2002:c0a8:101::1"};
    static const char *const public[] = {"2606:4700::1111",  "2400:cb00::1",    "::ffff:1.1.1.1",
                                         "64:ff9b::101:101", "2002:101:101::1", "2001:4860::8888"};
    (void)state;
    for (size_t i = 0; i < sizeof private / sizeof *private; i++)
        assert_true(v6_is_private(private[i]));
    for (size_t i = 0; i < sizeof public / sizeof *public; i++)
        assert_false(v6_is_private(public[i]));
}

static void tells_private_hosts_in_every_spelling(void **state)
{
    static const char *const private[] = {
        "localhost",  "LocalHost.", "a.localhost", "printer.local", "db.internal",  "127.1",
        "0x7f000001", "2130706433", "0177.0.0.1",  "::1",           "fe80::1%eth0", ""};
    static const char *const public[] = {"example.com", "localhost.example.com", "1.1",
                                         "1.1.1.1",     "10.example.com",        "notlocalhost"};
    (void)state;
    for (size_t i = 0; i < sizeof private / sizeof *private; i++)
        assert_true(address_host_is_private(str_of(private[i])));
    for (size_t i = 0; i < sizeof public / sizeof *public; i++)
        if (strcmp(public[i], "1.1") != 0) /* 1.0.0.1 */
            assert_false(address_host_is_private(str_of(public[i])));
}

static void splits_addresses(void **state)
{
    struct address_parts p;
    (void)state;
    assert_true(address_split(STR("https://a.example/x?y"), &p));
    assert_true(str_is(p.host, "a.example") && p.port == 443);
    assert_true(address_split(STR("HTTP://[2001:db8::1]:8080"), &p));
    assert_true(str_is(p.host, "2001:db8::1") && p.port == 8080);
    assert_true(address_split(STR("http://a:80?x"), &p));
    assert_true(str_is(p.origin, "http://a:80"));
    assert_false(address_split(STR("ftp://a/"), &p));
    assert_false(address_split(STR("http://user@a/"), &p));
    assert_false(address_split(STR("http://u:p@a/"), &p));
    assert_false(address_split(STR("http:///x"), &p));
    assert_false(address_split(STR("http://a:99999/"), &p));
    assert_false(address_split(STR("http://a:8x/"), &p));
    assert_false(address_split(STR("javascript:alert(1)"), &p));
    assert_false(address_split(STR(""), &p));
}

/* ---- limits ---- */

#define SERVER 1787371200 /* 2026-08-22T04:00:00Z */

static struct http_limit limit_of(const char *name, const char *value)
{
    struct http_limit limit = {-1, -1, CLOCK_UNKNOWN, CLOCK_UNKNOWN};
    limit_take(&limit, str_of(name), str_of(value), SERVER);
    return limit;
}

static void reads_limits_in_all_spellings(void **state)
{
    (void)state;
    assert_int_equal(limit_of("Retry-After", "120").retry_after, 120);
    assert_int_equal(limit_of("retry-after", "Sat, 22 Aug 2026 04:02:00 GMT").retry_after, 120);
    assert_int_equal(limit_of("Retry-After", "Sat, 22 Aug 2026 03:00:00 GMT").retry_after, 0);
    assert_int_equal(limit_of("x-rate-limit-reset", "1787372100").reset, 900);
    assert_int_equal(limit_of("x-rate-limit-reset", "1787372100000").reset, 900);
    assert_int_equal(limit_of("X-RateLimit-Reset", "2026-08-22T04:15:00.916474Z").reset, 900);
    assert_int_equal(limit_of("X-Ratelimit-Reset", "600").reset, 600);
    assert_int_equal(limit_of("RateLimit-Reset", "1787372100").reset, 900);
    assert_int_equal(limit_of("X-Ratelimit-Remaining", "99.0").remaining, 99);
    assert_int_equal(limit_of("x-rate-limit-remaining", "0").remaining, 0);
    assert_int_equal(limit_of("RateLimit-Limit", "3000;w=300").limit, 3000);
}

static void takes_no_nonsense_for_a_limit(void **state)
{
    (void)state;
    assert_int_equal(limit_of("Retry-After", "soon").retry_after, CLOCK_UNKNOWN);
    assert_int_equal(limit_of("Retry-After", "").retry_after, CLOCK_UNKNOWN);
    assert_int_equal(limit_of("Retry-After", "-5").retry_after, CLOCK_UNKNOWN);
    assert_int_equal(limit_of("Retry-After", "259200").retry_after, 259200);
    assert_int_equal(limit_of("Retry-After", "99999999").retry_after, 7 * 86400);
    assert_int_equal(limit_of("x-rate-limit-remaining", "many").remaining, -1);
    assert_int_equal(limit_of("x-rate-limit", "5").limit, -1);
    assert_int_equal(limit_of("x-rate-limit-reset", "99999999999999999999").reset, CLOCK_UNKNOWN);
}

/* ---- memories ---- */

static char folder[] = "/tmp/hinoban-test-XXXXXX";

static int make_folder(void **state)
{
    struct err e;
    (void)state;
    return mkdtemp(folder) != NULL && memory_prepare(folder, &e) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void keeps_a_memory(void **state)
{
    struct memory m;
    struct err e;
    (void)state;
    assert_true(memory_load(&m, folder, "a b", &e));
    assert_int_equal(m.tried, CLOCK_UNKNOWN);
    cursor_set(&m.cursor, "since", STR("12345678901234567890"));
    cursor_set(&m.session, "token", STR("t\"\\\n"));
    buf_add_text(&m.etag, "\"e\"");
    m.tried = m.succeeded = SERVER;
    m.ordered = true;
    m.billed = 7;
    memory_turn_month(&m, SERVER);
    m.posts = 5;
    known_begin(&m.known);
    known_note(&m.known, 1, 2);
    assert_true(memory_save(&m, "a b", &e));
    memory_free(&m);
    assert_true(memory_load(&m, folder, "a b", &e));
    assert_true(str_is(cursor_get(&m.cursor, "since"), "12345678901234567890"));
    assert_true(str_is(cursor_get(&m.session, "token"), "t\"\\\n"));
    assert_string_equal(buf_text(&m.etag), "\"e\"");
    assert_int_equal(m.succeeded, SERVER);
    assert_int_equal(m.next, CLOCK_UNKNOWN);
    assert_true(m.ordered);
    assert_int_equal(m.posts, 5);
    assert_int_equal(m.billed, 0); /* of the months before it */
    assert_false(known_note(&m.known, 1, 2));
    struct stat about;
    assert_int_equal(stat(m.path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0600);
    memory_free(&m);
}

static void tells_a_damaged_memory(void **state)
{
    struct memory m;
    struct err e;
    char path[128];
    (void)state;
    static const char *const bad[] = {"", "{", "[]", "{\"version\":99}",
                                      "{\"version\":1,\"known\":\"xyz\"}"};
    snprintf(path, sizeof path, "%s/fetch/bad.json", folder);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        FILE *file = fopen(path, "w");
        fputs(bad[i], file);
        fclose(file);
        assert_false(memory_load(&m, folder, "bad", &e));
        assert_non_null(strstr(e.text, "is damaged"));
        memory_free(&m);
    }
}

static void turns_months(void **state)
{
    struct memory m = {.path = NULL};
    (void)state;
    memory_turn_month(&m, SERVER);
    m.billed = 9;
    m.spent = true;
    memory_turn_month(&m, SERVER + 86400);
    assert_int_equal(m.billed, 9);
    memory_turn_month(&m, memory_next_month(SERVER) - 1);
    assert_int_equal(m.billed, 9);
    memory_turn_month(&m, memory_next_month(SERVER));
    assert_int_equal(m.billed, 0);
    assert_false(m.spent);
    m.billed = 3;
    memory_turn_month(&m, SERVER); /* the clock went back */
    assert_int_equal(m.billed, 3);
    assert_int_equal(memory_next_month(1798718400), 1798761600); /* over New Year */
}

static void one_program_has_the_lock(void **state)
{
    struct err e;
    bool busy;
    (void)state;
    assert_true(memory_lock(folder, &busy, &e));
    assert_false(memory_lock(folder, &busy, &e));
    assert_true(busy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_private_addresses_of_ipv4),
        cmocka_unit_test(tells_private_addresses_of_ipv6),
        cmocka_unit_test(tells_private_hosts_in_every_spelling),
        cmocka_unit_test(splits_addresses),
        cmocka_unit_test(reads_limits_in_all_spellings),
        cmocka_unit_test(takes_no_nonsense_for_a_limit),
        cmocka_unit_test(keeps_a_memory),
        cmocka_unit_test(tells_a_damaged_memory),
        cmocka_unit_test(turns_months),
        cmocka_unit_test(one_program_has_the_lock),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
