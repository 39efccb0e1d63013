/*
 * The side of the socket for applications that asks; attls.h says what each function does, and
 * engine/control/src/application.rs what is said over the socket: lines of a key, a blank and a value, and an
 * empty line at the end.
 */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE 200809L

#include "attls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* So much of what the partner sent the engine takes back at most. */
#define UNREAD 16384
#define KEY 32
#define VALUE 512

/* What is read of the engine, byte by byte. */
struct reader {
    int fd;
    size_t at, end;
    char bytes[1024];
};

/* One answer of the engine. */
struct answer {
    struct attls_info info;
    char result[16];
    size_t unread;
    unsigned char *der;
    size_t room;
};

static const struct {
    const char *name;
    int number;
} ERRORS[] = {
    {"OK", 0},
    {"EACCES", EACCES},
    {"EALREADY", EALREADY},
    {"EBUSY", EBUSY},
    {"ECONNRESET", ECONNRESET},
    {"EINPROGRESS", EINPROGRESS},
    {"EINVAL", EINVAL},
    {"ENOTCONN", ENOTCONN},
    {"EPERM", EPERM},
    {"EPIPE", EPIPE},
    {"EPROTO", EPROTO},
    {"ETIMEDOUT", ETIMEDOUT},
    {"EWOULDBLOCK", EWOULDBLOCK},
};

/* Copies a text as far as there is room. */
static void copy(char *to, size_t room, const char *from)
{
    size_t length = strlen(from);
    if (length >= room)
        length = room - 1;
    memcpy(to, from, length);
    to[length] = '\0';
}

static int failed(struct attls_info *info, const char *reason, int error)
{
    if (info != NULL)
        copy(info->reason, sizeof info->reason, reason);
    errno = error;
    return -1;
}

static int send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        /* An engine that listens no more has said why. */
        if (sent < 0 && errno == EPIPE)
            return 0;
        if (sent <= 0)
            return -1;
        bytes += sent;
        length -= (size_t)sent;
    }
    return 0;
}

/* The next byte of the engine; -1: there is none. */
static int next(struct reader *reader)
{
    while (reader->at == reader->end) {
        ssize_t came = recv(reader->fd, reader->bytes, sizeof reader->bytes, 0);
        if (came < 0 && errno == EINTR)
            continue;
        if (came <= 0)
            return -1;
        reader->at = 0;
        reader->end = (size_t)came;
    }
    return (unsigned char)reader->bytes[reader->at++];
}

static int digit(int byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return -1;
}

/* Takes a certificate as it comes, as far as there is room; 0 at the end of the line. */
static int take_certificate(struct reader *reader, struct answer *answer)
{
    size_t at = 0;
    for (;;) {
        int low, high = next(reader);
        if (high == '\n')
            return 0;
        low = high < 0 ? -1 : next(reader);
        high = digit(high);
        low = digit(low);
        if (high < 0 || low < 0)
            return -1;
        if (answer->der != NULL && at < answer->room)
            answer->der[at] = (unsigned char)(high * 16 + low);
        at++;
    }
}

static void take(struct answer *answer, const char *key, const char *value)
{
    struct attls_info *info = &answer->info;
    struct {
        const char *key;
        int *number;
    } numbers[] = {
        {"policy", &info->policy},   {"connection", &info->connection},
        {"security", &info->security}, {"fips", &info->fips},
        {"secondary", &info->secondary},
    };
    struct {
        const char *key;
        char *text;
        size_t room;
    } texts[] = {
        {"result", answer->result, sizeof answer->result},
        {"reason", info->reason, sizeof info->reason},
        {"cipher", info->cipher, sizeof info->cipher},
        {"cipher4", info->cipher4, sizeof info->cipher4},
        {"key-share", info->key_share, sizeof info->key_share},
        {"user", info->user, sizeof info->user},
        {"rule", info->rule, sizeof info->rule},
        {"group-action", info->group_action, sizeof info->group_action},
        {"environment-action", info->environment_action, sizeof info->environment_action},
        {"connection-action", info->connection_action, sizeof info->connection_action},
    };
    size_t at;
    for (at = 0; at < sizeof numbers / sizeof numbers[0]; at++)
        if (strcmp(key, numbers[at].key) == 0)
            *numbers[at].number = (int)strtol(value, NULL, 10);
    for (at = 0; at < sizeof texts / sizeof texts[0]; at++)
        if (strcmp(key, texts[at].key) == 0)
            copy(texts[at].text, texts[at].room, value);
    if (strcmp(key, "protocol") == 0)
        info->protocol = (unsigned)strtoul(value, NULL, 16);
    if (strcmp(key, "unread") == 0)
        answer->unread = strtoul(value, NULL, 10);
    if (strcmp(key, "certificate-length") == 0)
        info->certificate = strtoul(value, NULL, 10);
}

/* Reads one answer, up to its empty line. */
static int hear(struct reader *reader, struct answer *answer)
{
    char key[KEY], value[VALUE];
    for (;;) {
        size_t at = 0;
        int byte;
        while ((byte = next(reader)) != '\n' && byte != ' ') {
            if (byte < 0)
                return -1;
            if (at + 1 < sizeof key)
                key[at++] = (char)byte;
        }
        key[at] = '\0';
        if (byte == '\n' && at == 0)
            return 0;
        if (byte == ' ' && strcmp(key, "certificate") == 0) {
            if (take_certificate(reader, answer) < 0)
                return -1;
            continue;
        }
        at = 0;
        while (byte != '\n' && (byte = next(reader)) != '\n') {
            if (byte < 0)
                return -1;
            if (at + 1 < sizeof value)
                value[at++] = (char)byte;
        }
        value[at] = '\0';
        take(answer, key, value);
    }
}

/* Writes "KEY ADDRESS PORT\n" of one end of a socket. */
static int write_end(char *to, size_t room, const char *key, const struct sockaddr_storage *end)
{
    char host[INET6_ADDRSTRLEN];
    const void *address;
    unsigned port;
    int length;
    if (end->ss_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)end;
        address = &four->sin_addr;
        port = ntohs(four->sin_port);
    } else if (end->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)end;
        address = &six->sin6_addr;
        port = ntohs(six->sin6_port);
    } else {
        errno = EPROTOTYPE;
        return -1;
    }
    if (inet_ntop(end->ss_family, address, host, sizeof host) == NULL)
        return -1;
    length = snprintf(to, room, "%s %s %u\n", key, host, port);
    if (length < 0 || (size_t)length >= room) {
        errno = EINVAL;
        return -1;
    }
    return length;
}

static int dial(struct attls_info *info)
{
    struct sockaddr_un address;
    const char *path = getenv(ATTLS_VARIABLE);
    int fd, error;
    if (path == NULL || *path == '\0')
        path = ATTLS_PATH;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address.sun_path)
        return failed(info, "the path of the engine's socket is too long", ENAMETOOLONG);
    copy(address.sun_path, sizeof address.sun_path, path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return failed(info, "no socket is left", errno);
    while (connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        if (errno == EINTR)
            continue;
        error = errno;
        close(fd);
        return failed(info, "no engine answers at the path that " ATTLS_VARIABLE " names, or at " ATTLS_PATH,
                      error);
    }
    return fd;
}

/* Takes from the program's socket what it has not read, and hands it to the engine. */
static int hand_back(int fd, int engine, size_t length)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    unsigned char bytes[512];
    char digits[2 * sizeof bytes];
    if (length > UNREAD || send_all(engine, "unread ", 7) < 0)
        return -1;
    while (length > 0) {
        size_t at, most = length < sizeof bytes ? length : sizeof bytes;
        ssize_t came = recv(fd, bytes, most, MSG_DONTWAIT);
        if (came < 0 && errno == EINTR)
            continue;
        if (came <= 0)
            return -1;
        for (at = 0; at < (size_t)came; at++) {
            digits[2 * at] = DIGITS[bytes[at] >> 4];
            digits[2 * at + 1] = DIGITS[bytes[at] & 15];
        }
        if (send_all(engine, digits, 2 * (size_t)came) < 0)
            return -1;
        length -= (size_t)came;
    }
    return send_all(engine, "\n\n", 2);
}

/* Asks the engine, and hears it to its last word. */
static int talk(int fd, int engine, const char *request, size_t length, struct answer *answer)
{
    struct reader reader;
    reader.fd = engine;
    reader.at = reader.end = 0;
    if (send_all(engine, request, length) < 0 || hear(&reader, answer) < 0)
        return -1;
    if (strcmp(answer->result, "CONTINUE") != 0)
        return 0;
    answer->result[0] = '\0';
    if (hand_back(fd, engine, answer->unread) < 0)
        return -1;
    return hear(&reader, answer);
}

int attls_control(int fd, const char *words, unsigned flags, unsigned char *der, size_t room,
                  struct attls_info *info)
{
    struct sockaddr_storage local, remote;
    socklen_t size = sizeof local;
    struct answer answer;
    char request[512];
    int engine, used, more, kind, heard, on = 1;
    size_t at;
    if (info != NULL)
        memset(info, 0, sizeof *info);
    if (getsockname(fd, (struct sockaddr *)&local, &size) < 0)
        return failed(info, "this is no socket", errno);
    size = sizeof remote;
    if (getpeername(fd, (struct sockaddr *)&remote, &size) < 0)
        return failed(info, "the socket is not connected", errno);
    size = sizeof kind;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size) < 0)
        return failed(info, "this is no socket", errno);
    if (kind != SOCK_STREAM)
        return failed(info, "this is no TCP socket", EPROTOTYPE);
    used = snprintf(request, sizeof request, "version 1\n");
    more = write_end(request + used, sizeof request - (size_t)used, "local", &local);
    if (more < 0)
        return failed(info, "this is no TCP socket", errno);
    used += more;
    more = write_end(request + used, sizeof request - (size_t)used, "remote", &remote);
    if (more < 0)
        return failed(info, "this is no TCP socket", errno);
    used += more;
    more = snprintf(request + used, sizeof request - (size_t)used, "do %s\nnonblocking %u\n\n", words,
                    flags & ATTLS_NONBLOCKING ? 1u : 0u);
    if (more < 0 || (size_t)(used + more) >= sizeof request || strchr(words, '\n') != NULL)
        return failed(info, "the request is too long, or has several lines", EINVAL);
    used += more;
    /* What came is acknowledged now, so that the engine need not wait to know that it is here. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    engine = dial(info);
    if (engine < 0)
        return -1;
    memset(&answer, 0, sizeof answer);
    answer.der = der;
    answer.room = room;
    heard = talk(fd, engine, request, (size_t)used, &answer);
    close(engine);
    if (info != NULL)
        *info = answer.info;
    if (heard < 0)
        return failed(info, "the engine went away, or is not understood", EIO);
    for (at = 0; at < sizeof ERRORS / sizeof ERRORS[0]; at++)
        if (strcmp(answer.result, ERRORS[at].name) == 0) {
            if (ERRORS[at].number == 0)
                return 0;
            errno = ERRORS[at].number;
            return -1;
        }
    return failed(info, "the engine's answer is not understood", EIO);
}

int attls_query(int fd, struct attls_info *info)
{
    return attls_control(fd, "", 0, NULL, 0, info);
}

int attls_init(int fd, unsigned flags, struct attls_info *info)
{
    const char *words = flags & ATTLS_ALLOW_HSTIMEOUT ? "init allow-hstimeout" : "init";
    return attls_control(fd, words, flags, NULL, 0, info);
}

int attls_stop(int fd, unsigned flags, struct attls_info *info)
{
    const char *words = flags & ATTLS_ALLOW_HSTIMEOUT ? "stop allow-hstimeout" : "stop";
    return attls_control(fd, words, flags, NULL, 0, info);
}

int attls_reset(int fd, unsigned what, struct attls_info *info)
{
    char words[80];
    unsigned known = ATTLS_RESET_SESSION | ATTLS_RESET_CIPHER | ATTLS_RESET_WRITE_CIPHER
        | ATTLS_SEND_SESSION_TICKET;
    if (what == 0 || (what & ~known) != 0) {
        if (info != NULL)
            memset(info, 0, sizeof *info);
        return failed(info, "there is nothing of that kind to reset", EINVAL);
    }
    snprintf(words, sizeof words, "%s%s%s%s", what & ATTLS_RESET_SESSION ? "reset-session " : "",
             what & ATTLS_RESET_CIPHER ? "reset-cipher " : "",
             what & ATTLS_RESET_WRITE_CIPHER ? "reset-write-cipher " : "",
             what & ATTLS_SEND_SESSION_TICKET ? "send-session-ticket" : "");
    return attls_control(fd, words, 0, NULL, 0, info);
}

int attls_certificate(int fd, unsigned char *der, size_t *length, struct attls_info *info)
{
    struct attls_info own;
    size_t room = *length;
    if (info == NULL)
        info = &own;
    if (attls_control(fd, "return-certificate", 0, der, room, info) < 0)
        return -1;
    *length = info->certificate;
    if (info->certificate > room)
        return failed(info, "the certificate needs more room", ENOBUFS);
    return 0;
}
