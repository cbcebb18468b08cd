/*
 * Preloaded into a process: logs what it does to the files of one folder (STORE_SHIM_FOLDER) to STORE_SHIM_LOG.
 *
 * One record per write, truncation, sync, creation and removal, in the order in which they took effect: a lock is held
 * over each call and its record, so a sync's record stands after every write that it covered and before all others.
 * Records: op, path length, data length (4 bytes each), offset (8 bytes), path, data; in the machine's byte order.
 * STORE_SHIM_FAIL names a file of one byte: 'S' makes syncs fail with EIO, 'W' makes writes fail with ENOSPC.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum { OP_WRITE = 1, OP_TRUNCATE = 2, OP_SYNC = 3, OP_CREATE = 4, OP_UNLINK = 5, OP_SYNC_FOLDER = 6 };

#define FDS_MAX 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FDS_MAX];
static const char *folder;
static size_t folder_length;
static int log_fd = -1;
static int fail_fd = -1;

__attribute__((constructor)) static void start(void) {
  folder = getenv("STORE_SHIM_FOLDER");
  if (folder == NULL) return;
  folder_length = strlen(folder);
  const char *log = getenv("STORE_SHIM_LOG");
  if (log != NULL) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const char *fail = getenv("STORE_SHIM_FAIL");
  if (fail != NULL) fail_fd = syscall(SYS_openat, AT_FDCWD, fail, O_RDONLY | O_CLOEXEC, 0);
}

static int is_ours(const char *path) {
  return folder != NULL && path != NULL && strncmp(path, folder, folder_length) == 0 && strstr(path, "-shm") == NULL;
}

static const char *path_of(int fd) { return fd >= 0 && fd < FDS_MAX ? paths[fd] : NULL; }

static int is_failing(char kind) {
  char byte = 0;
  return fail_fd >= 0 && syscall(SYS_pread64, fail_fd, &byte, (size_t)1, (off_t)0) == 1 && byte == kind;
}

static void append(const void *data, size_t length) {
  const char *at = data;
  while (length > 0) {
    ssize_t written = syscall(SYS_write, log_fd, at, length);
    if (written <= 0) abort();
    at += written;
    length -= written;
  }
}

static void record(uint32_t op, const char *path, uint64_t offset, const void *data, uint32_t length) {
  if (log_fd < 0) return;
  uint32_t header[3] = {op, (uint32_t)strlen(path), length};
  append(header, sizeof header);
  append(&offset, sizeof offset);
  append(path, header[1]);
  if (length > 0) append(data, length);
}

static int opened(int fd, const char *path, int flags, int existed) {
  if (fd < 0 || fd >= FDS_MAX || !is_ours(path)) return fd;
  free(paths[fd]);
  paths[fd] = strdup(path);
  if ((flags & O_CREAT) && !existed) record(OP_CREATE, path, 0, NULL, 0);
  if (flags & O_TRUNC) record(OP_TRUNCATE, path, 0, NULL, 0);
  return fd;
}

static int open_at(int at, const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&lock);
  struct stat unused;
  int existed = is_ours(path) && stat(path, &unused) == 0;
  int fd = opened(syscall(SYS_openat, at, path, flags, mode), path, flags, existed);
  pthread_mutex_unlock(&lock);
  return fd;
}

#define MODE(flags, last) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, last); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) { MODE(flags, flags) return open_at(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, flags) return open_at(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags, flags) return open_at(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags, flags) return open_at(at, path, flags, mode); }

int close(int fd) {
  pthread_mutex_lock(&lock);
  if (path_of(fd) != NULL) {
    free(paths[fd]);
    paths[fd] = NULL;
  }
  int result = syscall(SYS_close, fd);
  pthread_mutex_unlock(&lock);
  return result;
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset, int is_positioned) {
  const char *path = path_of(fd);
  if (path == NULL) {
    return is_positioned ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
  }
  if (is_failing('W')) {
    errno = ENOSPC;
    return -1;
  }
  pthread_mutex_lock(&lock);
  if (!is_positioned) offset = lseek(fd, 0, SEEK_CUR);
  ssize_t written = is_positioned ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
  if (written > 0) record(OP_WRITE, path, (uint64_t)offset, data, (uint32_t)written);
  pthread_mutex_unlock(&lock);
  return written;
}

ssize_t write(int fd, const void *data, size_t length) { return write_at(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return write_at(fd, data, length, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) { return write_at(fd, data, length, at, 1); }

static int truncate_to(int fd, off_t size) {
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_ftruncate, fd, size);
  if (result == 0 && path_of(fd) != NULL) record(OP_TRUNCATE, path_of(fd), (uint64_t)size, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate(int fd, off_t size) { return truncate_to(fd, size); }
int ftruncate64(int fd, off_t size) { return truncate_to(fd, size); }

static int sync_with(long call, int fd) {
  const char *path = path_of(fd);
  if (path == NULL) return syscall(call, fd);
  if (is_failing('S')) {
    errno = EIO;
    return -1;
  }
  pthread_mutex_lock(&lock);
  struct stat what;
  int result = syscall(call, fd);
  int is_folder = fstat(fd, &what) == 0 && S_ISDIR(what.st_mode);
  if (result == 0) record(is_folder ? OP_SYNC_FOLDER : OP_SYNC, path, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int fsync(int fd) { return sync_with(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with(SYS_fdatasync, fd); }

int unlink(const char *path) {
  pthread_mutex_lock(&lock);
  int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
  if (result == 0 && is_ours(path)) record(OP_UNLINK, path, 0, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
