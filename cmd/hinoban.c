/*
 * hinoban NAME runs hinoban-NAME, looked for beside this program first and then
 * in PATH; hinoban alone lists the programs that are there.
 */
#define _GNU_SOURCE /* program_invocation_name */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

#define PREFIX "hinoban-"

static const char *const summaries[][2] = {
    {"fetch", "networks and feeds -> posts, each once"},
    {"import", "feeds, API pages, dumps -> posts"},
    {"dedupe", "posts -> posts that say what they are a copy of"},
    {"tokenize", "posts -> posts with their words"},
    {"classify", "posts -> posts judged: tone, intents, risks, conduct, level"},
    {"train", "labelled posts -> a model for classify"},
    {"eval", "judged and labelled posts -> how far they agree"},
    {"report", "judged posts -> a report as text, Markdown, JSON or HTML"},
};

static char *own_directory(void)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self);
    while (len > 0 && self[len - 1] != '/')
        len--;
    return mem_string((struct str){self, len > 0 ? (size_t)len : 0});
}

#define SUMMARIES (sizeof summaries / sizeof *summaries)

static bool is_there(const char *directory, const char *name)
{
    struct buf path = {0};
    struct stat about;
    buf_addf(&path, "%s" PREFIX "%s", directory, name);
    bool there = access(buf_text(&path), X_OK) == 0 && stat(buf_text(&path), &about) == 0 &&
                 S_ISREG(about.st_mode);
    buf_free(&path);
    return there;
}

/* The same in any folder of PATH. */
static bool is_in_path(const char *name)
{
    const char *path = getenv("PATH");
    struct str rest = str_of(path != NULL ? path : "");
    bool there = false;
    while (!there && rest.len > 0) {
        struct str folder = str_cut(rest, ':', &rest);
        struct buf directory = {0};
        buf_add_str(&directory, folder.len > 0 ? folder : STR("."));
        buf_add_char(&directory, '/');
        there = is_there(buf_text(&directory), name);
        buf_free(&directory);
    }
    return there;
}

/* Is it the file of a program that no summary tells of? */
static int is_own(const struct dirent *entry)
{
    if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 ||
        entry->d_name[strlen(PREFIX)] == '\0')
        return 0;
    for (size_t i = 0; i < SUMMARIES; i++)
        if (strcmp(entry->d_name + strlen(PREFIX), summaries[i][0]) == 0)
            return 0;
    return 1;
}

static void list_own(FILE *to, const char *directory)
{
    struct dirent **entries;
    int count = scandir(directory, &entries, is_own, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name + strlen(PREFIX);
        if (is_there(directory, name)) {
            fputs("  ", to);
            for (; *name != '\0'; name++) /* a file may be called as its maker likes */
                putc((unsigned char)*name < ' ' || *name == 0x7F ? '?' : *name, to);
            putc('\n', to);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

static void list_programs(FILE *to, const char *directory)
{
    fprintf(to, "usage: hinoban PROGRAM [OPTION]... [FILE]...\n\nPrograms:\n");
    for (size_t i = 0; i < SUMMARIES; i++)
        if (is_there(directory, summaries[i][0]))
            fprintf(to, "  %-10s %s\n", summaries[i][0], summaries[i][1]);
    list_own(to, directory);
    fprintf(to, "\n'hinoban PROGRAM --help' tells its options; man 7 hinoban is the tour.\n");
}

/* Runs a program in place of this one; returns only if it cannot. */
static void run_program(const char *directory, char **argv)
{
    struct buf path = {0};
    buf_addf(&path, PREFIX "%s", argv[0]);
    char *name = mem_string(buf_str(&path));
    buf_clear(&path);
    buf_addf(&path, "%s%s", directory, name);
    argv[0] = name;
    execvp(buf_text(&path), argv); /* by sh, as shells do, where it is a text without #! */
    if (errno == ENOENT)
        execvp(name, argv);
    int failed = errno;
    const char *short_name = name + strlen(PREFIX);
    if (failed != ENOENT)
        fprintf(stderr, "hinoban: cannot run %s: %s\n", name, strerror(failed));
    else if (is_there(directory, short_name) || is_in_path(short_name))
        fprintf(stderr, "hinoban: cannot run %s: its interpreter is not there\n", name);
    else
        fprintf(stderr, "hinoban: there is no program '%s'; 'hinoban' lists them\n", short_name);
    free(name);
    buf_free(&path);
}

int main(int argc, char **argv)
{
    char *directory = own_directory();
    int status = 0;
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        list_programs(stdout, directory);
    } else if (strcmp(argv[1], "--version") == 0) {
        printf("hinoban %s\n", PACKAGE_VERSION);
    } else if (argv[1][0] == '-' || argv[1][0] == '\0' || strchr(argv[1], '/') != NULL) {
        fprintf(stderr, "hinoban: '%s' is no program; 'hinoban' lists them\n", argv[1]);
        status = 2;
    } else {
        run_program(directory, argv + 1);
        status = 2;
    }
    if (fflush(stdout) != 0) {
        fprintf(stderr, "hinoban: cannot write standard output: %s\n", strerror(errno));
        status = 2;
    }
    free(directory);
    return status;
}
