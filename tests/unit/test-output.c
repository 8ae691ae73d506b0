/* lib/base/output, atomic and files: what is written is written whole, or the
 * reason is told. */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/files.h"
#include "base/mem.h"

static char directory[64];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/test-output.XXXXXX");
    return mkdtemp(directory) == NULL || chdir(directory) != 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return chdir("/") != 0 || rmdir(directory) != 0;
}

static void assert_file(const char *path, struct str want)
{
    struct buf b = {0};
    struct err e;
    assert_true(file_read(&b, path, &e));
    assert_true(str_equal(buf_str(&b), want));
    buf_free(&b);
}

static size_t count_files(void)
{
    DIR *d = opendir(".");
    size_t count = 0;
    while (readdir(d) != NULL)
        count++;
    closedir(d);
    return count - 2;
}

static void writes_all(void **state)
{
    (void)state;
    struct output o;
    struct err e;
    struct buf want = {0};
    output_open(&o, open("f", O_WRONLY | O_CREAT | O_TRUNC, 0666), "f");
    char piece[700];
    for (unsigned i = 0; i < 2000; i++) {
        memset(piece, (int)('a' + i % 26), sizeof piece);
        struct str bytes = {piece, i * 37 % sizeof piece};
        output_add(&o, bytes);
        buf_add_str(&want, bytes);
    }
    struct buf big = {0};
    for (int i = 0; i < 300000; i++)
        buf_add_char(&big, 'B');
    output_add(&o, buf_str(&big));
    output_add(&o, STR("end"));
    buf_add_str(&want, buf_str(&big));
    buf_add_text(&want, "end");
    assert_true(output_flush(&o, &e));
    assert_file("f", buf_str(&want));
    assert_true(output_close(&o, &e));
    buf_free(&want);
    buf_free(&big);
    unlink("f");
}

static void tells_a_full_disk_once(void **state)
{
    (void)state;
    struct output o;
    struct err e;
    output_open(&o, open("/dev/full", O_WRONLY), "the full one");
    output_add(&o, STR("x"));
    assert_int_equal(o.error, 0); /* not yet tried */
    assert_false(output_flush(&o, &e));
    assert_string_equal(e.text, "cannot write the full one: No space left on device");
    output_add(&o, STR("y")); /* dropped */
    e.text[0] = '\0';
    assert_false(output_close(&o, &e));
    assert_string_equal(e.text, "cannot write the full one: No space left on device");
    output_open(&o, -1, "nothing");
    output_add(&o, STR("x"));
    assert_false(output_close(&o, &e));
}

static void *drain(void *argument)
{
    int *fd = argument;
    char bytes[4096];
    size_t sum = 0;
    ssize_t got;
    while ((got = read(*fd, bytes, sizeof bytes)) > 0)
        sum += (size_t)got;
    return (void *)(uintptr_t)sum;
}

static void waits_for_a_pipe_that_does_not_block(void **state)
{
    (void)state;
    int ends[2];
    struct output o;
    struct err e;
    pthread_t reader;
    void *sum;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    pthread_create(&reader, NULL, drain, &ends[0]);
    output_open(&o, ends[1], "pipe");
    struct buf big = {0};
    for (int i = 0; i < 1000000; i++)
        buf_add_char(&big, 'B');
    output_add(&o, buf_str(&big));
    assert_true(output_close(&o, &e));
    pthread_join(reader, &sum);
    assert_int_equal((uintptr_t)sum, 1000000);
    close(ends[0]);
    buf_free(&big);
}

/* Opening looks whether it is a pipe; why there is no descriptor may still have to be told. */
static void leaves_errno_as_it_was(void **state)
{
    (void)state;
    struct output o;
    struct err e;
    errno = ENOSPC;
    output_open(&o, -1, "nothing");
    assert_int_equal(errno, ENOSPC);
    assert_true(output_close(&o, &e));
}

static void replaces_whole(void **state)
{
    (void)state;
    struct atomic a;
    struct err e;
    assert_true(atomic_open(&a, "f", &e));
    output_add(&a.out, STR("one"));
    assert_int_equal(access("f", F_OK), -1); /* not before commit */
    assert_true(atomic_commit(&a, &e));
    assert_file("f", STR("one"));
    assert_int_equal(chmod("f", 0640), 0);
    assert_true(atomic_open(&a, "./f", &e));
    output_add(&a.out, STR("two"));
    assert_file("f", STR("one"));
    assert_true(atomic_commit(&a, &e));
    assert_file("f", STR("two"));
    struct stat status;
    stat("f", &status);
    assert_int_equal(status.st_mode & 07777, 0640); /* kept */
    assert_int_equal(count_files(), 1);
    unlink("f");
}

static void gives_up_without_a_trace(void **state)
{
    (void)state;
    struct atomic a;
    struct err e;
    assert_true(atomic_open(&a, "f", &e));
    output_add(&a.out, STR("half"));
    atomic_abandon(&a);
    atomic_abandon(&a); /* again: nothing */
    assert_int_equal(count_files(), 0);
    assert_false(atomic_open(&a, "none/f", &e));
    assert_non_null(strstr(e.text, "none/f"));
    atomic_abandon(&a);
    /* a directory comes to stand in its place: rename fails */
    assert_true(atomic_open(&a, "d", &e));
    assert_int_equal(mkdir("d", 0700), 0);
    output_add(&a.out, STR("x"));
    assert_false(atomic_commit(&a, &e));
    assert_non_null(strstr(e.text, "cannot replace d"));
    assert_int_equal(count_files(), 1);
    /* it stands there already, or there is no name: told at once */
    assert_false(atomic_open(&a, "d", &e));
    assert_string_equal(e.text, "cannot write to 'd': Is a directory");
    atomic_abandon(&a);
    assert_false(atomic_open(&a, "", &e));
    assert_int_equal(count_files(), 1);
    rmdir("d");
}

/* The file may not grow: as when the disk is full half-way. */
static void keeps_the_old_when_the_new_cannot_be_written(void **state)
{
    (void)state;
    struct atomic a;
    struct err e;
    assert_true(atomic_open(&a, "f", &e));
    output_add(&a.out, STR("old"));
    assert_true(atomic_commit(&a, &e));
    struct rlimit old, small;
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = 1000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool opened = atomic_open(&a, "f", &e), committed = true;
    if (opened) {
        for (int i = 0; i < 1000; i++)
            output_add(&a.out, STR("newer and longer"));
        committed = atomic_commit(&a, &e);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    assert_true(opened);
    assert_false(committed);
    assert_string_equal(e.text, "cannot write f: File too large");
    assert_file("f", STR("old"));
    assert_int_equal(count_files(), 1);
    unlink("f");
}

static void reads_files(void **state)
{
    (void)state;
    struct buf b = {0};
    struct err e;
    assert_false(file_read(&b, "none", &e));
    assert_string_equal(e.text, "cannot open none: No such file or directory");
    assert_false(file_read(&b, ".", &e));
    assert_string_equal(e.text, "cannot read .: Is a directory");
    assert_false(file_read(&b, "with\nline", &e));
    assert_null(strchr(e.text, '\n'));
    buf_free(&b);
}

static void finds_data(void **state)
{
    (void)state;
    setenv("HINOBAN_DATA", "/somewhere", 1);
    char *path = data_path("words.tsv");
    assert_string_equal(path, "/somewhere/words.tsv");
    free(path);
    unsetenv("HINOBAN_DATA");
    path = data_path("no such table");
    assert_non_null(strstr(path, "/hinoban/no such table"));
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_all),
        cmocka_unit_test(tells_a_full_disk_once),
        cmocka_unit_test(waits_for_a_pipe_that_does_not_block),
        cmocka_unit_test(leaves_errno_as_it_was),
        cmocka_unit_test(replaces_whole),
        cmocka_unit_test(gives_up_without_a_trace),
        cmocka_unit_test(keeps_the_old_when_the_new_cannot_be_written),
        cmocka_unit_test(reads_files),
        cmocka_unit_test(finds_data),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
