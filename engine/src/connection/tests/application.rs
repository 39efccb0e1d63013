//! Programs that start and stop TLS themselves.

use super::*;
use crate::connection::application::QUIET;

const SECONDS: Duration = Duration::from_secs(1);

fn terms(dial: Side, controlled: bool) -> Terms<'static> {
    Terms {
        environment: None,
        controlled,
        tapped: Tapped::Nothing,
        partner: PARTNER,
        dial,
        handshake: Some(10 * SECONDS),
        cut_is_end: false,
    }
}

/// Both programs control TLS, and nothing was said yet.
fn in_the_clear(now: Instant, buffers: &mut Buffers) -> Chain {
    let mut chains = [Chain {
        client: Machine::new(&terms(Side::Net, true), now, buffers),
        server: Machine::new(&terms(Side::Program, true), now, buffers),
        got: Default::default(),
    }];
    go_on(&mut chains, &[1000], now, buffers);
    let [chain] = chains;
    chain
}

/// What was sent meanwhile arrives, and then all goes on.
fn go_on(chains: &mut [Chain], sizes: &[usize], now: Instant, buffers: &mut Buffers) {
    chains.iter_mut().for_each(Chain::carry);
    settle(chains, sizes, now, buffers);
}

impl Machine {
    /// The program of this machine starts TLS, as the shell does it for it.
    fn secure(
        &mut self,
        environment: &Environment,
        unread: &[u8],
        patient: bool,
        now: Instant,
        buffers: &mut Buffers,
    ) -> Result<(), Denied> {
        self.connection.hold(true)?;
        assert!(!self.connection.wants(Side::Net));
        assert!(self.connection.is_drained());
        let session = Session::new(environment, PARTNER).expect("a session");
        let done = self
            .connection
            .secure(now, session, unread, patient, buffers);
        if done.is_err() {
            self.connection.release();
        }
        self.obey(buffers, SOCKET);
        done
    }

    fn stop(&mut self, now: Instant, buffers: &mut Buffers) -> Result<(), Denied> {
        self.connection.hold(false)?;
        let done = self.connection.stop(now, buffers);
        self.obey(buffers, SOCKET);
        done
    }

    fn count(&self, notice: &Notice) -> usize {
        self.notices.iter().filter(|one| *one == notice).count()
    }

    fn is_secured(&self) -> bool {
        let secured = |one: &Notice| matches!(one, Notice::Secured(_));
        self.notices.iter().any(secured) && self.connection.is_secure()
    }

    fn is_clear(&self) -> bool {
        self.connection.tls().is_none() && self.closed.is_none() && self.connection.is_open()
    }
}

/// Client and server have started TLS in the middle.
fn secured(pair: &Pair, now: Instant, buffers: &mut Buffers) -> [Chain; 1] {
    let mut chains = [in_the_clear(now, buffers)];
    let [chain] = &mut chains;
    chain
        .server
        .secure(&pair.server, b"", false, now, buffers)
        .expect("a start");
    chain
        .client
        .secure(&pair.client, b"", false, now, buffers)
        .expect("a start");
    go_on(&mut chains, &[1000], now, buffers);
    for machine in [&chains[0].client, &chains[0].server] {
        assert!(machine.is_secured(), "{:?}", machine.notices);
    }
    chains
}

#[test]
fn tls_starts_behind_the_words_that_were_said_in_the_clear() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [in_the_clear(now, &mut buffers)];
    chains[0].say(0, b"STARTTLS\r\n", false);
    go_on(&mut chains, &[3], now, &mut buffers);
    assert_eq!(chains[0].got[1], b"STARTTLS\r\n");

    // The answer was read of the program, and the partner takes nothing of it yet.
    let [chain] = &mut chains;
    chain.say(1, b"220 ready\r\n", false);
    while chain.server.step(now, Side::Program, READ, &mut buffers) {}
    chain
        .server
        .secure(&pair.server, b"", false, now, &mut buffers)
        .expect("a start");
    assert!(!chain.server.connection.wants(Side::Program));
    assert_eq!(chain.server.to[Side::Net.index()].bytes, b"220 ready\r\n");
    go_on(&mut chains, &[1000], now, &mut buffers);
    assert_eq!(chains[0].got[0], b"220 ready\r\n");

    let [chain] = &mut chains;
    chain
        .client
        .secure(&pair.client, b"", false, now, &mut buffers)
        .expect("a start");
    // What the program says next is said before the handshake is done, and sent after it.
    chain.say(0, b"EHLO me\r\n", false);
    go_on(&mut chains, &[7], now, &mut buffers);
    assert!(chains[0].client.is_secured() && chains[0].server.is_secured());
    assert_eq!(chains[0].got[1], b"STARTTLS\r\nEHLO me\r\n");
    assert_eq!(chains[0].server.connection.deadline(), None);
}

#[test]
fn clear_text_that_the_partner_takes_slowly_stands_before_the_handshake() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [in_the_clear(now, &mut buffers)];
    // More than the socket takes, so that some of it waits in the lane.
    chains[0].say(0, &text(SOCKET + 20_000, 0), false);
    let [chain] = &mut chains;
    while chain.client.step(now, Side::Program, READ, &mut buffers) {}
    assert!(chain.client.connection.lanes[Side::Net.index()].is_waiting());
    chain
        .client
        .secure(&pair.client, b"", false, now, &mut buffers)
        .expect("a start");
    for _ in 0..20 {
        chain.carry();
        let Chain { client, server, .. } = chain;
        client.step(now, Side::Net, READ, &mut buffers);
        if server.from[Side::Net.index()].bytes.len() > SOCKET + 20_000 {
            break;
        }
    }
    let came = &chain.server.from[Side::Net.index()].bytes;
    let came: Vec<u8> = came.iter().copied().collect();
    assert_eq!(came[..SOCKET + 20_000], text(SOCKET + 20_000, 0));
    assert_eq!(came[SOCKET + 20_000], 0x16, "a handshake record");
}

#[test]
fn what_the_program_has_not_read_begins_the_handshake() {
    for bytes in [1, 5, 100, usize::MAX] {
        let pair = Pair::new(ring());
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = [in_the_clear(now, &mut buffers)];
        let [chain] = &mut chains;
        chain
            .client
            .secure(&pair.client, b"", false, now, &mut buffers)
            .expect("a start");
        // Some of the hello was passed on in the clear before the program asked for TLS.
        carry(&mut chain.client, &mut chain.server);
        chain.server.step(now, Side::Net, bytes, &mut buffers);
        let unread: Vec<u8> = chain.server.to[Side::Program.index()]
            .bytes
            .drain(..)
            .collect();
        assert_eq!(unread.first(), Some(&0x16));
        chain
            .server
            .secure(&pair.server, &unread, true, now, &mut buffers)
            .expect("a start");
        chain.say(1, b"220 hello\r\n", false);
        go_on(&mut chains, &[1000], now, &mut buffers);
        assert!(chains[0].server.is_secured(), "{bytes}");
        assert_eq!(chains[0].got, [b"220 hello\r\n".to_vec(), Vec::new()]);
    }
}

#[test]
fn a_partner_that_talks_tls_too_soon_is_heard_by_the_program() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [in_the_clear(now, &mut buffers)];
    chains[0]
        .client
        .secure(&pair.client, b"", false, now, &mut buffers)
        .expect("a start");
    go_on(&mut chains, &[1000], now, &mut buffers);
    assert_eq!(chains[0].got[1].first(), Some(&0x16));
    assert!(chains[0].server.is_clear());
    // Once the program has read it, it cannot be a handshake any more.
    chains[0]
        .server
        .secure(&pair.server, b"", false, now, &mut buffers)
        .expect("a start");
    let late = now + 10 * SECONDS;
    chains[0]
        .server
        .tell(late, Event::Timeout, &mut buffers, SOCKET);
    assert_eq!(chains[0].server.closed, Some(true));
}

#[test]
fn clear_text_where_tls_has_to_begin_ends_the_connection() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [in_the_clear(now, &mut buffers)];
    chains[0]
        .server
        .secure(
            &pair.server,
            b"MAIL FROM:<a@b>\r\n",
            false,
            now,
            &mut buffers,
        )
        .expect("a start");
    go_on(&mut chains, &[1000], now, &mut buffers);
    let code = chains[0].server.notices.iter().find_map(|one| match one {
        Notice::Failed { failure, .. } => Some(failure.code),
        _ => None,
    });
    assert_eq!(code, Some(5003));
    assert!(chains[0].server.to[Side::Program.index()].cut);
}

#[test]
fn a_silent_partner_is_left_in_the_clear_where_the_program_wants_that() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [in_the_clear(now, &mut buffers)];
    let late = now + 10 * SECONDS;
    for round in 1..3 {
        let server = &mut chains[0].server;
        server
            .secure(&pair.server, b"", true, now, &mut buffers)
            .expect("a start");
        server.tell(late, Event::Timeout, &mut buffers, SOCKET);
        assert_eq!(server.count(&Notice::Silent), round);
        assert!(server.is_clear());
        assert_eq!(server.connection.deadline(), None);
    }
    chains[0].say(1, b"220 hello\r\n", false);
    chains[0].say(0, b"EHLO me\r\n", false);
    go_on(&mut chains, &[1000], late, &mut buffers);
    assert_eq!(
        chains[0].got,
        [b"220 hello\r\n".to_vec(), b"EHLO me\r\n".to_vec()]
    );
    // One that has begun is not left.
    let server = &mut chains[0].server;
    server
        .secure(&pair.server, &[0x16, 3], true, late, &mut buffers)
        .expect("a start");
    server.tell(late + 10 * SECONDS, Event::Timeout, &mut buffers, SOCKET);
    assert_eq!(server.closed, Some(true));
}

#[test]
fn tls_stops_and_what_follows_is_clear() {
    for version in [Protocol::Tls12, Protocol::Tls13] {
        let pair = renewing(version);
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = secured(&pair, now, &mut buffers);
        chains[0].say(0, b"CCC\r\n", false);
        go_on(&mut chains, &[1000], now, &mut buffers);
        let [chain] = &mut chains;
        chain.say(1, b"200 ok\r\n", false);
        while chain.server.step(now, Side::Program, READ, &mut buffers) {}
        chain.server.stop(now, &mut buffers).expect("a stop");
        assert!(!chain.server.connection.wants(Side::Program));
        assert_eq!(chain.server.stop(now, &mut buffers), Err(Denied::Busy));
        // The server's program goes on at once, which is not sent before the partner has answered.
        chain.say(1, b"250 clear\r\n", false);
        go_on(&mut chains, &[1000], now, &mut buffers);
        assert_eq!(chains[0].got[0], b"200 ok\r\n", "{version}");
        assert!(!chains[0].client.to[Side::Program.index()].ended);
        // The client stops, and says more in the clear in the same breath.
        let [chain] = &mut chains;
        chain.client.stop(now, &mut buffers).expect("a stop");
        assert!(chain.client.is_clear());
        chain.say(0, b"QUIT\r\n", false);
        while chain.client.step(now, Side::Program, READ, &mut buffers) {}
        go_on(&mut chains, &[100_000], now, &mut buffers);
        let [chain] = &chains;
        assert_eq!(chain.got[1], b"CCC\r\nQUIT\r\n", "{version}");
        assert_eq!(chain.got[0], b"200 ok\r\n250 clear\r\n", "{version}");
        for machine in [&chain.client, &chain.server] {
            assert!(machine.is_clear());
            assert_eq!(machine.count(&Notice::Stopped), 1);
            assert_eq!(machine.connection.deadline(), None);
        }
        let [chain] = &mut chains;
        assert_eq!(chain.server.stop(now, &mut buffers), Err(Denied::Already));
        // And once more.
        chain
            .server
            .secure(&pair.server, b"", false, now, &mut buffers)
            .expect("a start");
        chain
            .client
            .secure(&pair.client, b"", false, now, &mut buffers)
            .expect("a start");
        chain.say(0, b"again", true);
        go_on(&mut chains, &[1000], now, &mut buffers);
        assert!(chains[0].got[1].ends_with(b"again"));
        assert!(chains[0].server.to[Side::Program.index()].ended);
    }
}

#[test]
fn clear_text_before_the_program_knows_that_tls_is_over_waits_for_it() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = secured(&pair, now, &mut buffers);
    // The server ends TLS, as a partner that is no machine of ours would: it takes no answer for an order.
    let [chain] = &mut chains;
    chain.server.stop(now, &mut buffers).expect("a stop");
    carry(&mut chain.server, &mut chain.client);
    chain.client.from[Side::Net.index()]
        .bytes
        .extend(b"clear words");
    while chain.client.step(now, Side::Net, READ, &mut buffers) {}
    assert!(chain.client.connection.wants(Side::Net) || chain.client.to[1].bytes.is_empty());
    assert!(chain.client.to[Side::Program.index()].bytes.is_empty());
    chain.client.from[Side::Net.index()]
        .bytes
        .extend(b" and more");
    for _ in 0..3 {
        chain.client.step(now, Side::Net, READ, &mut buffers);
    }
    assert!(chain.client.to[Side::Program.index()].bytes.is_empty());
    chain.client.stop(now, &mut buffers).expect("a stop");
    while chain.client.step(now, Side::Net, READ, &mut buffers) {}
    let got: Vec<u8> = chain.client.to[Side::Program.index()]
        .bytes
        .drain(..)
        .collect();
    assert_eq!(got, b"clear words and more");
}

#[test]
fn a_partner_that_only_ends_tls_is_an_end_after_a_while_or_with_tcp() {
    for by_tcp in [true, false] {
        let pair = Pair::new(ring());
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = secured(&pair, now, &mut buffers);
        chains[0].server.stop(now, &mut buffers).expect("a stop");
        go_on(&mut chains, &[1000], now, &mut buffers);
        let client = &mut chains[0].client;
        assert!(!client.to[Side::Program.index()].ended);
        let later = now + QUIET;
        assert_eq!(client.connection.deadline(), Some(later));
        let event = match by_tcp {
            true => Event::Ended(Side::Net),
            false => Event::Timeout,
        };
        client.tell(later, event, &mut buffers, SOCKET);
        let program = &client.to[Side::Program.index()];
        assert_eq!((program.ended, program.cut), (true, false));
        assert_eq!(client.count(&Notice::Cut), 0);
        assert_eq!(client.stop(later, &mut buffers), Err(Denied::Ended));
    }
}

#[test]
fn a_partner_that_does_not_answer_the_end_of_tls_is_ended() {
    for cut in [false, true] {
        let pair = Pair::new(ring());
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = secured(&pair, now, &mut buffers);
        let server = &mut chains[0].server;
        server.stop(now, &mut buffers).expect("a stop");
        let event = match cut {
            true => Event::Ended(Side::Net),
            false => Event::Timeout,
        };
        server.tell(now + 10 * SECONDS, event, &mut buffers, SOCKET);
        assert_eq!(server.count(&Notice::Stopped), 0);
        match cut {
            true => assert!(server.to[Side::Program.index()].cut),
            false => assert_eq!(server.closed, Some(true)),
        }
    }
}

#[test]
fn what_the_partner_still_says_in_tls_comes_before_the_end() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = secured(&pair, now, &mut buffers);
    chains[0].say(0, &text(100_000, 0), false);
    chains[0].server.stop(now, &mut buffers).expect("a stop");
    go_on(&mut chains, &[5000], now, &mut buffers);
    chains[0].client.stop(now, &mut buffers).expect("a stop");
    chains[0].say(0, b"clear", false);
    go_on(&mut chains, &[5000], now, &mut buffers);
    let whole = [text(100_000, 0), b"clear".to_vec()].concat();
    assert!(chains[0].got[1] == whole, "{}", chains[0].got[1].len());
    assert_eq!(
        chains[0].server.connection.received(Side::Net),
        whole.len() as u64
    );
}

#[test]
fn orders_that_do_not_fit_are_denied() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let session = |environment| Session::new(environment, PARTNER).expect("a session");
    // Of a rule that leaves nothing to the program.
    let mut plain = Machine::new(&terms(Side::Net, false), now, &mut buffers);
    plain.tell(now, Event::Dialed, &mut buffers, SOCKET);
    let denied = plain.secure(&pair.client, b"", false, now, &mut buffers);
    assert_eq!(denied, Err(Denied::NotControlled));
    assert_eq!(plain.connection.reset_session(), Err(Denied::NotControlled));

    let mut chains = [in_the_clear(now, &mut buffers)];
    let Chain { client, server, .. } = &mut chains[0];
    assert_eq!(server.stop(now, &mut buffers), Err(Denied::NotStarted));
    assert_eq!(server.connection.reset_session(), Err(Denied::NotStarted));
    let keys = server
        .connection
        .reset_cipher(now, Keys::Both, &mut buffers);
    assert_eq!(keys, Err(Denied::NotStarted));
    let patient = client.secure(&pair.client, b"", true, now, &mut buffers);
    assert_eq!(patient, Err(Denied::Impatient));
    assert!(client.connection.wants(Side::Net), "released");
    server.connection.handshake = None;
    let patient = server.secure(&pair.server, b"", true, now, &mut buffers);
    assert_eq!(patient, Err(Denied::Impatient));
    // One at a time.
    server.connection.hold(true).expect("a hold");
    assert_eq!(server.connection.hold(true), Err(Denied::Busy));
    server.connection.release();

    server
        .secure(&pair.server, b"", false, now, &mut buffers)
        .expect("a start");
    assert_eq!(server.connection.hold(true), Err(Denied::Already));
    assert_eq!(server.connection.hold(false), Err(Denied::Already));
    client
        .secure(&pair.client, b"", false, now, &mut buffers)
        .expect("a start");
    go_on(&mut chains, &[1000], now, &mut buffers);
    let server = &mut chains[0].server;
    let again = server
        .connection
        .secure(now, session(&pair.server), b"", false, &mut buffers);
    assert_eq!(again, Err(Denied::Already));
    chains[0].say(0, b"", true);
    go_on(&mut chains, &[1000], now, &mut buffers);
    assert_eq!(chains[0].server.stop(now, &mut buffers), Err(Denied::Ended));
}

#[test]
fn programs_renew_keys_and_give_tickets() {
    for version in [Protocol::Tls12, Protocol::Tls13] {
        for server_asks in [false, true] {
            let pair = renewing(version);
            let (now, mut buffers) = (Instant::now(), Buffers::default());
            let mut chains = secured(&pair, now, &mut buffers);
            let asks = match server_asks {
                true => &mut chains[0].server,
                false => &mut chains[0].client,
            };
            asks.connection
                .reset_cipher(now, Keys::Both, &mut buffers)
                .expect("new keys");
            asks.obey(&mut buffers, SOCKET);
            let is_13 = version == Protocol::Tls13;
            let write = asks.connection.reset_cipher(now, Keys::Write, &mut buffers);
            asks.obey(&mut buffers, SOCKET);
            assert_eq!(write.is_ok(), is_13, "{version} {write:?}");
            let ticket = asks.connection.send_ticket(&mut buffers);
            asks.obey(&mut buffers, SOCKET);
            assert_eq!(ticket.is_ok(), is_13 && server_asks, "{version} {ticket:?}");
            chains[0].say(0, &text(50_000, 0), false);
            chains[0].say(1, &text(50_000, 1), false);
            go_on(&mut chains, &[3000, 70, 20_000], now, &mut buffers);
            assert!(chains[0].got == [text(50_000, 1), text(50_000, 0)]);
            let asked = match server_asks {
                true => &chains[0].server,
                false => &chains[0].client,
            };
            assert_eq!(asked.count(&Notice::Renewed), 1, "{version} {server_asks}");
        }
    }
}

#[test]
fn keys_are_not_renewed_where_the_policy_forbids_another_handshake() {
    let made = |role| {
        let mut plan = plan(role);
        plan.versions = vec![Protocol::Tls12];
        plan.renegotiation.allowed = crate::tls::Allowed::Nobody;
        Environment::new(plan, ring()).expect("an environment")
    };
    let pair = Pair {
        client: made(Role::Client),
        server: made(Role::Server),
    };
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = secured(&pair, now, &mut buffers);
    let Chain { client, server, .. } = &mut chains[0];
    for machine in [client, server] {
        let keys = machine
            .connection
            .reset_cipher(now, Keys::Both, &mut buffers);
        assert_eq!(keys, Err(Denied::Version));
        machine.obey(&mut buffers, SOCKET);
    }
    chains[0].say(0, b"goes on", false);
    go_on(&mut chains, &[1000], now, &mut buffers);
    assert_eq!(chains[0].got[1], b"goes on");
}

#[test]
fn a_session_that_was_reset_is_not_resumed() {
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum By {
        Nobody,
        Client,
        Server,
    }
    for (version, by) in [
        (Protocol::Tls12, By::Nobody),
        (Protocol::Tls12, By::Client),
        (Protocol::Tls12, By::Server),
        (Protocol::Tls13, By::Nobody),
        (Protocol::Tls13, By::Client),
    ] {
        let pair = renewing(version);
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = secured(&pair, now, &mut buffers);
        let Chain { client, server, .. } = &mut chains[0];
        match by {
            By::Nobody => {}
            By::Client => client.connection.reset_session().expect("a reset"),
            By::Server => server.connection.reset_session().expect("a reset"),
        }
        drop(chains);
        let chains = secured(&pair, now, &mut buffers);
        let resumed = chains[0].client.notices.iter().any(|one| match one {
            Notice::Secured(agreed) => agreed.resumed,
            _ => false,
        });
        assert_eq!(resumed, by == By::Nobody, "{version} {by:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the bytes are cut: what is said in the clear, in TLS and in the clear again arrives in order.
    #[test]
    fn all_bytes_arrive_over_start_and_stop(
        sizes in prop::collection::vec(prop_oneof![1usize..50, 50usize..3_000, 3_000usize..200_000], 1..20),
        lengths in prop::collection::vec((0usize..60_000, 0usize..60_000), 3),
        old in any::<bool>(),
    ) {
        let most = bound(&sizes);
        let pair = renewing(if old { Protocol::Tls12 } else { Protocol::Tls13 });
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = [in_the_clear(now, &mut buffers)];
        let mut whole = [Vec::new(), Vec::new()];
        for (at, (asked, answered)) in lengths.iter().enumerate() {
            let words = [text(*answered.min(&most), at), text(*asked.min(&most), at + 9)];
            chains[0].say(0, &words[1], false);
            chains[0].say(1, &words[0], false);
            whole.iter_mut().zip(words).for_each(|(all, more)| all.extend(more));
            // Both programs know that all has come before they go on, as protocols have it.
            go_on(&mut chains, &sizes, now, &mut buffers);
            let Chain { client, server, .. } = &mut chains[0];
            match at {
                0 => {
                    server.secure(&pair.server, b"", false, now, &mut buffers).expect("a start");
                    client.secure(&pair.client, b"", false, now, &mut buffers).expect("a start");
                }
                1 => {
                    server.stop(now, &mut buffers).expect("a stop");
                    client.stop(now, &mut buffers).expect("a stop");
                }
                _ => {}
            }
        }
        go_on(&mut chains, &sizes, now, &mut buffers);
        prop_assert!(chains[0].got == whole);
        prop_assert!(chains[0].server.is_clear() && chains[0].client.is_clear());
    }
}
