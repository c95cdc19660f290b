// LD_PRELOAD library: notes, for every write below one folder, how to undo it until it has been synced.
// Killing the process and undoing what was not synced (power.ts) is then a power loss. It never changes what the process itself sees.
//
// The model, that of a journaling file system (ext4, xfs, btrfs):
// - bytes are safe once fsync or fdatasync of their file has answered;
// - a name made by creating, linking or renaming is safe once its file or its folder is synced; a name removed, once the folder is;
// - names of one folder become safe in the order they were changed in;
// - folders are safe when made. Not seen, and so taken as safe: writes through mmap, copy_file_range, dup'ed descriptors, and through
//   stdio by other calls than fwrite, fflush and fclose.
// The real sync is left out: nothing but the journal decides what survives.
//
// Environment: SOTTO_POWER_ROOT, the folder (real path); SOTTO_POWER_JOURNAL, a folder beside it on the same file system, holding
// `journal`, `keep/` (files whose name is gone), and the switches `full` (writes meet a full disk),
// `read-only` (writes fail), `broken-sync` (syncs fail) and `slow-sync` (syncs take 100 ms).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 65536

struct opened {
  bool watched;
  ino_t ino;
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static char folder[PATH_MAX];
static dev_t device;
static int journal = -1;
static struct opened opened[DESCRIPTORS];
static unsigned kept;
static bool was_short;

__attribute__((constructor)) static void start(void) {
  const char *root_is = getenv("SOTTO_POWER_ROOT");
  const char *folder_is = getenv("SOTTO_POWER_JOURNAL");
  struct stat st;
  if (root_is == NULL || folder_is == NULL || stat(root_is, &st) != 0) return;
  char path[PATH_MAX + 16];
  snprintf(root, sizeof root, "%s", root_is);
  snprintf(folder, sizeof folder, "%s", folder_is);
  snprintf(path, sizeof path, "%s/journal", folder);
  device = st.st_dev;
  journal = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

// ---- the journal: u8 type | u32 length | payload, little-endian as the machine is

static void note(char type, const void *payload, uint32_t length) {
  unsigned char *record = malloc(5 + (size_t)length);
  record[0] = (unsigned char)type;
  memcpy(record + 1, &length, 4);
  memcpy(record + 5, payload, length);
  if (syscall(SYS_write, journal, record, 5 + (size_t)length) != (long)(5 + length)) abort();
  free(record);
}

static void note_numbers(char type, uint64_t a, uint64_t b) {
  uint64_t numbers[2] = {a, b};
  note(type, numbers, sizeof numbers);
}

static void note_names(char type, uint64_t ino, uint64_t dir, const char *keep, const char *name, const char *other) {
  char payload[16 + 3 * PATH_MAX];
  memcpy(payload, &ino, 8);
  memcpy(payload + 8, &dir, 8);
  int length = snprintf(payload + 16, sizeof payload - 16, "%s%c%s%c%s", keep, 0, name, 0, other);
  note(type, payload, 16 + (uint32_t)length);
}

/** The bytes of [from, to) as they are now. */
static void note_old_bytes(int fd, ino_t ino, off_t from, off_t to) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int reading = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  unsigned char *payload = malloc(16 + (size_t)(to - from));
  uint64_t head[2] = {ino, (uint64_t)from};
  memcpy(payload, head, 16);
  long got = reading < 0 ? -1 : syscall(SYS_pread64, reading, payload + 16, (size_t)(to - from), from);
  if (got != to - from) abort();
  note('P', payload, (uint32_t)(16 + got));
  free(payload);
  syscall(SYS_close, reading);
}

// ---- which files

static bool starts_with_root(const char *path) {
  size_t length = strlen(root);
  return strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/** Writes the real path of a name, whose last part need not exist; false when it is not below the root. */
static bool below(const char *path, char *real) {
  if (journal < 0 || path == NULL || strlen(path) >= PATH_MAX) return false;
  char parent[PATH_MAX];
  char resolved[PATH_MAX];
  int before = errno;
  strcpy(parent, path);
  char *slash = strrchr(parent, '/');
  const char *last = slash == NULL ? path : path + (slash - parent) + 1;
  if (slash == NULL) strcpy(parent, ".");
  else slash[slash == parent ? 1 : 0] = 0;
  bool found = realpath(parent, resolved) != NULL && starts_with_root(resolved);
  errno = before;
  if (!found) return false;
  return snprintf(real, PATH_MAX, "%s/%s", resolved, last) < PATH_MAX;
}

static uint64_t folder_of(const char *real) {
  char parent[PATH_MAX];
  struct stat st;
  strcpy(parent, real);
  char *slash = strrchr(parent, '/');
  if (slash != NULL) *slash = 0;
  return stat(parent, &st) == 0 ? st.st_ino : 0;
}

static bool plain_file(const char *path, struct stat *st) {
  int before = errno;
  bool is = lstat(path, st) == 0 && S_ISREG(st->st_mode);
  errno = before;
  return is;
}

/** Gives a file whose name is about to go another name in keep/. */
static void keep_file(const char *real, char *name) {
  char path[PATH_MAX + 64];
  snprintf(name, 64, "%d-%u", (int)getpid(), kept++);
  snprintf(path, sizeof path, "%s/keep/%s", folder, name);
  if (syscall(SYS_linkat, AT_FDCWD, real, AT_FDCWD, path, 0) != 0) abort();
}

static bool switched(const char *name) {
  char path[PATH_MAX + 32];
  int before = errno;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  bool is = access(path, F_OK) == 0;
  errno = before;
  return is;
}

/** True, with what the file is now, when writes to the descriptor are to be noted. */
static bool watched(int fd, struct stat *st) {
  if (fd < 0 || fd >= DESCRIPTORS || !opened[fd].watched) return false;
  // libuv closes by a bare system call, so the number may be another file's by now.
  if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_ino == opened[fd].ino) return true;
  opened[fd].watched = false;
  return false;
}

// ---- opening

static int open_below(const char *path, const char *real, int flags, mode_t mode) {
  struct stat st;
  bool there = plain_file(real, &st);
  int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags & ~O_TRUNC, mode);
  if (fd < 0 || fd >= DESCRIPTORS || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return fd;
  opened[fd].watched = true;
  opened[fd].ino = st.st_ino;
  if (!there) note_names('C', st.st_ino, folder_of(real), "", real, "");
  if ((flags & O_TRUNC) != 0 && st.st_size > 0) {
    note_old_bytes(fd, st.st_ino, 0, st.st_size);
    if (syscall(SYS_ftruncate, fd, (off_t)0) != 0) abort();
  }
  return fd;
}

static int opening(int dir, const char *path, int flags, mode_t mode) {
  char real[PATH_MAX];
  bool writes = (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
  bool plain = path != NULL && (dir == AT_FDCWD || path[0] == '/');
  if (!writes || !plain || (flags & O_TMPFILE) == O_TMPFILE || !below(path, real)) {
    int fd = (int)syscall(SYS_openat, dir, path, flags, mode);
    if (fd >= 0 && fd < DESCRIPTORS) opened[fd].watched = false;
    return fd;
  }
  pthread_mutex_lock(&turn);
  int fd = open_below(path, real, flags, mode);
  int error = errno;
  pthread_mutex_unlock(&turn);
  errno = error;
  return fd;
}

#define MODE_OF(flags)                                     \
  mode_t mode = 0;                                         \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {            \
    va_list rest;                                          \
    va_start(rest, flags);                                 \
    mode = (mode_t)va_arg(rest, int);                      \
    va_end(rest);                                          \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags)
  return opening(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE_OF(flags)
  return opening(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int dir, const char *path, int flags, ...) {
  MODE_OF(flags)
  return opening(dir, path, flags, mode);
}

int openat64(int dir, const char *path, int flags, ...) {
  MODE_OF(flags)
  return opening(dir, path, flags | O_LARGEFILE, mode);
}

int creat(const char *path, mode_t mode) { return opening(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

// ---- writing

static void note_write(int fd, const struct stat *st, off_t at, size_t length) {
  off_t end = at + (off_t)length;
  if (at < st->st_size) note_old_bytes(fd, st->st_ino, at, end < st->st_size ? end : st->st_size);
  if (end > st->st_size) note_numbers('T', st->st_ino, (uint64_t)st->st_size);
}

/** Where the next write() goes. */
static off_t position(int fd, const struct stat *st) {
  return (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? st->st_size : lseek(fd, 0, SEEK_CUR);
}

/** A disk that fills up takes half of one write, then nothing. */
static ssize_t write_full(int fd, const struct iovec *parts, off_t at) {
  size_t half = parts[0].iov_len / 2;
  was_short = !was_short;
  if (was_short && half > 0) return syscall(SYS_pwrite64, fd, parts[0].iov_base, half, at);
  errno = ENOSPC;
  return -1;
}

static ssize_t writing(int fd, const struct iovec *parts, int count, off_t at, bool positioned) {
  struct stat st;
  size_t length = 0;
  for (int i = 0; i < count; i += 1) length += parts[i].iov_len;
  off_t start_at = positioned ? at : -1;
  pthread_mutex_lock(&turn);
  ssize_t done;
  if (watched(fd, &st) && length > 0) {
    if (!positioned) start_at = position(fd, &st);
    note_write(fd, &st, start_at, length);
    if (switched("read-only")) {
      pthread_mutex_unlock(&turn);
      errno = EROFS;
      return -1;
    }
    if (switched("full")) {
      done = write_full(fd, parts, start_at);
      if (done > 0 && !positioned) lseek(fd, start_at + done, SEEK_SET);
      int error = errno;
      pthread_mutex_unlock(&turn);
      errno = error;
      return done;
    }
    done = positioned ? syscall(SYS_pwritev, fd, parts, count, at, 0) : syscall(SYS_writev, fd, parts, count);
    int error = errno;
    pthread_mutex_unlock(&turn);
    errno = error;
    return done;
  }
  pthread_mutex_unlock(&turn);
  return positioned ? syscall(SYS_pwritev, fd, parts, count, at, 0) : syscall(SYS_writev, fd, parts, count);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (fd < 0 || fd >= DESCRIPTORS || !opened[fd].watched) return syscall(SYS_write, fd, bytes, length);
  struct iovec part = {(void *)bytes, length};
  return writing(fd, &part, 1, 0, false);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  struct iovec part = {(void *)bytes, length};
  return writing(fd, &part, 1, at, true);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (fd < 0 || fd >= DESCRIPTORS || !opened[fd].watched) return syscall(SYS_writev, fd, parts, count);
  return writing(fd, parts, count, 0, false);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return writing(fd, parts, count, at, true); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return writing(fd, parts, count, at, true); }

int ftruncate64(int fd, off64_t length) {
  struct stat st;
  pthread_mutex_lock(&turn);
  if (watched(fd, &st)) {
    if (length < st.st_size) note_old_bytes(fd, st.st_ino, length, st.st_size);
    else note_numbers('T', st.st_ino, (uint64_t)st.st_size);
  }
  int done = (int)syscall(SYS_ftruncate, fd, length);
  int error = errno;
  pthread_mutex_unlock(&turn);
  errno = error;
  return done;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

// ---- writing through stdio, as LevelDB does: it appends only, so the size before is all there is to note

// glibc has these as macros too.
#undef fwrite_unlocked
#undef fflush_unlocked

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static bool may_be_watched(FILE *stream) {
  int fd = stream == NULL ? -1 : fileno(stream);
  return fd >= 0 && fd < DESCRIPTORS && opened[fd].watched;
}

static int flags_of(const char *mode) {
  int access = strchr(mode, '+') != NULL ? O_RDWR : mode[0] == 'r' ? O_RDONLY : O_WRONLY;
  int making = mode[0] == 'w' ? O_CREAT | O_TRUNC : mode[0] == 'a' ? O_CREAT | O_APPEND : 0;
  return access | making | (strchr(mode, 'e') != NULL ? O_CLOEXEC : 0);
}

FILE *fopen64(const char *path, const char *mode) {
  char real[PATH_MAX];
  if (flags_of(mode) == O_RDONLY || !below(path, real)) return REAL(fopen64)(path, mode);
  int fd = opening(AT_FDCWD, path, flags_of(mode), 0666);
  return fd < 0 ? NULL : fdopen(fd, mode);
}

FILE *fopen(const char *path, const char *mode) { return fopen64(path, mode); }

/** Notes what the stream is about to write; true when the disk is full, and then half of what waits has been written. */
static bool before_stream(FILE *stream) {
  struct stat st;
  if (!watched(fileno(stream), &st)) return false;
  note_numbers('T', st.st_ino, (uint64_t)st.st_size);
  if (switched("read-only")) {
    __fpurge(stream);
    errno = EROFS;
    return true;
  }
  if (!switched("full")) return false;
  size_t half = __fpending(stream) / 2;
  if (half > 0) syscall(SYS_write, fileno(stream), stream->_IO_write_base, half);
  // What a failed flush could not write, glibc drops too.
  __fpurge(stream);
  errno = ENOSPC;
  return true;
}

#define IN_TURN(type, refused, call)        \
  if (!may_be_watched(stream)) return call; \
  pthread_mutex_lock(&turn);                \
  type done = (refused);                    \
  if (!before_stream(stream)) done = call;  \
  int error = errno;                        \
  pthread_mutex_unlock(&turn);              \
  errno = error;                            \
  return done;

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *stream) {
  IN_TURN(size_t, 0, REAL(fwrite)(bytes, size, count, stream))
}

size_t fwrite_unlocked(const void *bytes, size_t size, size_t count, FILE *stream) {
  IN_TURN(size_t, 0, REAL(fwrite_unlocked)(bytes, size, count, stream))
}

int fflush(FILE *stream) {
  IN_TURN(int, EOF, REAL(fflush)(stream))
}

int fflush_unlocked(FILE *stream) {
  IN_TURN(int, EOF, REAL(fflush_unlocked)(stream))
}

int fclose(FILE *stream) {
  if (!may_be_watched(stream)) return REAL(fclose)(stream);
  pthread_mutex_lock(&turn);
  before_stream(stream);
  int done = REAL(fclose)(stream);
  int error = errno;
  pthread_mutex_unlock(&turn);
  errno = error;
  return done;
}

// ---- syncing

static int syncing(int fd, long number) {
  struct stat st;
  if (journal < 0 || fstat(fd, &st) != 0 || st.st_dev != device || !(S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))) {
    return (int)syscall(number, fd);
  }
  if (switched("slow-sync")) usleep(100000);
  if (switched("broken-sync")) {
    errno = EIO;
    return -1;
  }
  pthread_mutex_lock(&turn);
  note_numbers(S_ISDIR(st.st_mode) ? 'D' : 'S', st.st_ino, 0);
  pthread_mutex_unlock(&turn);
  return 0;
}

int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

// ---- names

static int renaming(const char *from, const char *to, unsigned flags) {
  char real_from[PATH_MAX];
  char real_to[PATH_MAX];
  char keep[64] = "";
  struct stat st;
  struct stat victim;
  bool ours = flags == 0 && below(from, real_from) && below(to, real_to) && plain_file(real_from, &st);
  pthread_mutex_lock(&turn);
  if (ours) {
    if (plain_file(real_to, &victim) && victim.st_ino != st.st_ino) keep_file(real_to, keep);
    note_names('R', st.st_ino, folder_of(real_to), keep, real_from, real_to);
  }
  int done = (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
  int error = errno;
  pthread_mutex_unlock(&turn);
  errno = error;
  return done;
}

int rename(const char *from, const char *to) { return renaming(from, to, 0); }

int unlink(const char *path) {
  char real[PATH_MAX];
  char keep[64];
  struct stat st;
  bool ours = below(path, real) && plain_file(real, &st);
  pthread_mutex_lock(&turn);
  if (ours) {
    keep_file(real, keep);
    note_names('U', st.st_ino, folder_of(real), keep, real, "");
  }
  int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  int error = errno;
  pthread_mutex_unlock(&turn);
  errno = error;
  return done;
}

int unlinkat(int dir, const char *path, int flags) {
  if (flags == 0 && (dir == AT_FDCWD || path[0] == '/')) return unlink(path);
  return (int)syscall(SYS_unlinkat, dir, path, flags);
}

int link(const char *from, const char *to) {
  char real[PATH_MAX];
  struct stat st;
  pthread_mutex_lock(&turn);
  int done = (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
  int error = errno;
  if (done == 0 && below(to, real) && plain_file(real, &st)) note_names('C', st.st_ino, folder_of(real), "", real, "");
  pthread_mutex_unlock(&turn);
  errno = error;
  return done;
}
