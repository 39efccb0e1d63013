/*
 * attls.h: a program tells gatehouse-engine to start and stop TLS on its own connections, and asks about them,
 * as a program on z/OS does with ioctl(SIOCTTLSCTL).
 *
 * Every function takes a connected TCP socket of this program. It returns 0, or -1 with errno set; the errno
 * values are those of SIOCTTLSCTL, and `info->reason` says in words why. `info` may be NULL. It is filled in
 * whenever the engine knows the connection, also where an order was refused.
 *
 * The functions keep nothing between calls, take no memory, and may be used by several threads at a time, for
 * different sockets. While one of them works on a socket, nobody else may read from it or write to it.
 */
#ifndef ATTLS_H
#define ATTLS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The environment variable that names the socket of the engine, and where it is without that. */
#define ATTLS_VARIABLE "GATEHOUSE_APPLICATIONS"
#define ATTLS_PATH "/run/gatehouse-engine/main.apps"

/* What the policy says of a connection: TTLSi_Stat_Policy. */
#define ATTLS_POLICY_NO_POLICY 2   /* no rule takes it */
#define ATTLS_POLICY_NOT_ENABLED 3 /* its rule leaves it in the clear */
#define ATTLS_POLICY_ENABLED 4     /* TLS is done without the program */
#define ATTLS_POLICY_APPLCNTRL 5   /* the program starts and stops TLS */

/* How far TLS is: TTLSi_Stat_Conn. */
#define ATTLS_CONN_NOTSECURE 1
#define ATTLS_CONN_HS_INPROGRESS 2
#define ATTLS_CONN_SECURE 3

/* Who this side is in TLS, and what it asks of clients: TTLSi_Sec_Type. */
#define ATTLS_SEC_UNKNOWN 0
#define ATTLS_SEC_CLIENT 1
#define ATTLS_SEC_SERVER 2
#define ATTLS_SEC_SRV_CA_PASS 3
#define ATTLS_SEC_SRV_CA_FULL 4
#define ATTLS_SEC_SRV_CA_REQD 5
#define ATTLS_SEC_SRV_CA_SAFCHK 6

/* Flags of attls_init and attls_stop. */
#define ATTLS_ALLOW_HSTIMEOUT 1u /* a partner that says nothing in time is left in the clear; attls_init only */
#define ATTLS_NONBLOCKING 2u     /* do not wait: EINPROGRESS, and attls_query says how far it is */

/* What attls_reset resets. */
#define ATTLS_RESET_SESSION 1u      /* later connections do not resume it; tickets that a server gave stay good */
#define ATTLS_RESET_CIPHER 2u       /* new keys both ways */
#define ATTLS_RESET_WRITE_CIPHER 4u /* new keys for what this program sends; TLS 1.3 */
#define ATTLS_SEND_SESSION_TICKET 8u /* one more ticket for the client; servers of TLS 1.3 */

/* Texts end with a zero byte and are cut to the room that there is. Those that are not known are empty. */
struct attls_info {
    int policy;
    int connection;
    int security;
    int fips;             /* algorithms of a FIPS module only */
    int secondary;        /* mapped like another connection, by SecondaryMap */
    unsigned protocol;    /* 0x0304 is TLS 1.3; 0: there is no TLS */
    char cipher[3];       /* two digits; "4X": cipher4 has four */
    char cipher4[5];      /* IANA's number of the suite */
    char key_share[17];   /* the group in TLS 1.3, such as "0023" */
    char user[65];        /* to whom the partner's certificate belongs */
    char rule[65];
    char group_action[65];
    char environment_action[65];
    char connection_action[65];
    char reason[512];     /* why an order was refused */
    size_t certificate;   /* bytes of the partner's certificate, of attls_certificate */
};

/*
 * What is known of a connection. It works whatever the policy says. Of a connection that does not come to the
 * engine, the policy is ATTLS_POLICY_NO_POLICY.
 */
int attls_query(int fd, struct attls_info *info);

/*
 * Starts TLS. What this program wrote before is sent in the clear first. What it has not read yet of what the
 * partner sent is the beginning of the handshake, and is taken from the socket. Waits until the handshake is
 * done, unless ATTLS_NONBLOCKING is given.
 *
 *   EACCES       the policy leaves nothing to the program, or the socket is that of another user
 *   EALREADY     TLS was started before
 *   ECONNRESET   the handshake failed; the connection is gone
 *   EINPROGRESS  it has begun (ATTLS_NONBLOCKING)
 *   ETIMEDOUT    the partner began no handshake within HandshakeTimeout; the connection is in the clear
 *                (ATTLS_ALLOW_HSTIMEOUT)
 *   EPIPE        one of the ends sends no more
 *   EPROTO       ATTLS_ALLOW_HSTIMEOUT for HandshakeRole Client or HandshakeTimeout 0, or what was written
 *                before is not taken by the partner, or TLS cannot begin
 */
int attls_init(int fd, unsigned flags, struct attls_info *info);

/*
 * Stops TLS: sends its end, waits for the partner's, and goes back to the clear.
 *
 *   EACCES, EPIPE, EINPROGRESS  as above
 *   EALREADY     TLS was stopped before
 *   ECONNRESET   the partner did not answer the end of TLS; the connection is gone
 *   EPROTO       TLS was never started, or the program has not read all that came, or the partner has not
 *                taken all that was written
 *   EWOULDBLOCK  a handshake is under way
 */
int attls_stop(int fd, unsigned flags, struct attls_info *info);

/*
 * Resets what is asked for, at least one of ATTLS_RESET_SESSION, …_CIPHER, …_WRITE_CIPHER and
 * ATTLS_SEND_SESSION_TICKET. New keys are asked for; the call does not wait for the partner.
 *
 *   EPERM        RESET_CIPHER and RESET_WRITE_CIPHER together
 *   EPROTO       TLS is not on, or its version, the role or the policy (Renegotiation) does not have that
 *   EACCES, EPIPE, EWOULDBLOCK  as above
 */
int attls_reset(int fd, unsigned what, struct attls_info *info);

/*
 * The partner's certificate in DER. `*length` is the room at `der` and becomes the length of the certificate,
 * 0 where the partner has shown none. With too little room: ENOBUFS, and `*length` is what is needed.
 */
int attls_certificate(int fd, unsigned char *der, size_t *length, struct attls_info *info);

/*
 * Any request, in the words of the engine's protocol ("init allow-hstimeout return-certificate"). For what the
 * functions above do not combine.
 */
int attls_control(int fd, const char *words, unsigned flags, unsigned char *der, size_t room,
                  struct attls_info *info);

#ifdef __cplusplus
}
#endif

#endif
