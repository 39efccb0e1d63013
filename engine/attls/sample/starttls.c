/*
 * A server that speaks a little SMTP and starts TLS when its client asks for it: how a program uses attls.h.
 *
 *   starttls [--implicit] [--nonblocking] PORT
 *
 * It listens at 127.0.0.1, writes the port to standard output (0: the kernel chooses one), and serves a client
 * at a time. With --implicit it serves clients that begin with TLS and clients that do not at one port: who
 * says nothing within HandshakeTimeout is greeted in the clear. With --nonblocking it does not wait within
 * attls_init, but asks now and then. Commands that are not of SMTP: XQUERY tells what the engine knows, XCERT
 * how long the client's certificate is, XKEYS takes new keys, XCCC goes back to the clear.
 */
#define _POSIX_C_SOURCE 200809L

#include "../attls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE 1024

static int nonblocking;

/* Sends a line. */
static int say(int fd, const char *text)
{
    char line[LINE];
    int length = snprintf(line, sizeof line, "%s\r\n", text);
    if (length < 0 || (size_t)length >= sizeof line)
        return -1;
    return send(fd, line, (size_t)length, MSG_NOSIGNAL) == length ? 0 : -1;
}

/*
 * Reads a line, without its end; -1: there is none. It takes a byte at a time, so that nothing of what comes
 * behind the line is read: behind STARTTLS that would be the handshake.
 */
static int hear(int fd, char *line, size_t room)
{
    size_t at = 0;
    char byte;
    while (recv(fd, &byte, 1, 0) == 1) {
        if (byte == '\n') {
            line[at] = '\0';
            return 0;
        }
        if (byte != '\r' && at + 1 < room)
            line[at++] = byte;
    }
    return -1;
}

static int start_tls(int fd, unsigned flags)
{
    const struct timespec moment = {0, 10 * 1000 * 1000};
    struct attls_info info;
    if (!nonblocking)
        return attls_init(fd, flags, &info);
    if (attls_init(fd, flags | ATTLS_NONBLOCKING, &info) == 0)
        return 0;
    while (errno == EINPROGRESS) {
        nanosleep(&moment, NULL);
        if (attls_query(fd, &info) < 0)
            return -1;
        if (info.connection == ATTLS_CONN_SECURE)
            return 0;
        errno = info.connection == ATTLS_CONN_HS_INPROGRESS ? EINPROGRESS : ETIMEDOUT;
    }
    return -1;
}

/* Says in one line what the engine knows. */
static int tell(int fd)
{
    struct attls_info info;
    char line[LINE];
    if (attls_query(fd, &info) < 0) {
        snprintf(line, sizeof line, "454 errno %d: %.400s", errno, info.reason);
        return say(fd, line);
    }
    snprintf(line, sizeof line, "250 policy=%d connection=%d protocol=%04X cipher=%s cipher4=%s share=%s type=%d "
             "user=%s rule=%s actions=%s,%s,%s secondary=%d", info.policy, info.connection, info.protocol,
             info.cipher, info.cipher4, info.key_share, info.security, info.user, info.rule, info.group_action,
             info.environment_action, info.connection_action, info.secondary);
    return say(fd, line);
}

static int tell_certificate(int fd)
{
    unsigned char der[8192];
    struct attls_info info;
    size_t length = 0, needed;
    char line[LINE];
    /* Once to know how long it is. */
    if (attls_certificate(fd, NULL, &length, &info) < 0 && errno != ENOBUFS)
        return say(fd, "454 no");
    needed = length;
    length = sizeof der;
    if (attls_certificate(fd, der, &length, &info) < 0)
        return say(fd, "454 no");
    snprintf(line, sizeof line, "250 certificate %lu %lu %02X", (unsigned long)needed, (unsigned long)length,
             length > 0 ? der[0] : 0u);
    return say(fd, line);
}

/* An order that was refused. */
static int refuse(int fd, const struct attls_info *info)
{
    char line[LINE];
    snprintf(line, sizeof line, "454 %s: %.400s", strerror(errno), info->reason);
    return say(fd, line);
}

static int serve_line(int fd, const char *line)
{
    struct attls_info info;
    if (strncasecmp(line, "EHLO", 4) == 0) {
        if (attls_query(fd, &info) == 0 && info.policy == ATTLS_POLICY_APPLCNTRL
            && info.connection == ATTLS_CONN_NOTSECURE)
            return say(fd, "250-sample\r\n250 STARTTLS");
        return say(fd, "250 sample");
    }
    if (strcasecmp(line, "STARTTLS") == 0) {
        if (attls_query(fd, &info) < 0 || info.policy != ATTLS_POLICY_APPLCNTRL)
            return say(fd, "502 not here");
        if (say(fd, "220 ready") < 0)
            return -1;
        return start_tls(fd, 0);
    }
    if (strcasecmp(line, "XQUERY") == 0)
        return tell(fd);
    if (strcasecmp(line, "XCERT") == 0)
        return tell_certificate(fd);
    if (strcasecmp(line, "XKEYS") == 0)
        return attls_reset(fd, ATTLS_RESET_CIPHER | ATTLS_RESET_SESSION, &info) < 0 ? refuse(fd, &info)
                                                                                   : say(fd, "250 new keys");
    if (strcasecmp(line, "XCCC") == 0) {
        if (say(fd, "200 back to the clear") < 0)
            return -1;
        return attls_stop(fd, 0, &info) < 0 ? refuse(fd, &info) : say(fd, "250 in the clear");
    }
    if (strcasecmp(line, "NOOP") == 0)
        return say(fd, "250 ok");
    if (strcasecmp(line, "QUIT") == 0) {
        say(fd, "221 bye");
        return -1;
    }
    return say(fd, "500 what?");
}

static void serve(int fd, int implicit)
{
    char line[LINE];
    if (implicit && start_tls(fd, ATTLS_ALLOW_HSTIMEOUT) < 0 && errno != ETIMEDOUT)
        return;
    if (say(fd, "220 sample ESMTP") < 0)
        return;
    while (hear(fd, line, sizeof line) == 0)
        if (serve_line(fd, line) < 0)
            return;
}

int main(int count, char **words)
{
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    int listener, on = 1, implicit = 0, at;
    memset(&address, 0, sizeof address);
    for (at = 1; at < count; at++) {
        if (strcmp(words[at], "--implicit") == 0)
            implicit = 1;
        else if (strcmp(words[at], "--nonblocking") == 0)
            nonblocking = 1;
        else
            address.sin_port = htons((unsigned short)atoi(words[at]));
    }
    signal(SIGPIPE, SIG_IGN);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0
        || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 16) < 0
        || getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
        perror("starttls");
        return 1;
    }
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        serve(fd, implicit);
        close(fd);
    }
}
