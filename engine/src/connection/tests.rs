//! Connections without sockets: two machines back to back, with programs at both ends.

mod application;

use std::collections::VecDeque;

use generator::policy::table::suites::Protocol;
use proptest::prelude::*;

use super::*;
use crate::tls::tests::{plan, ring};
use crate::tls::{READ, Role, Tapped};
use keyring::Ring;
use std::sync::Arc;

const PARTNER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 1);

/// What the kernel holds for one direction of a socket.
#[derive(Default)]
struct Pipe {
    bytes: VecDeque<u8>,
    ended: bool,
    cut: bool,
    /// The machine was told of the end.
    told: bool,
}

/// One machine with its two sockets.
struct Machine {
    connection: Connection,
    /// From the sockets to the machine, and from the machine to the sockets.
    from: [Pipe; 2],
    to: [Pipe; 2],
    notices: Vec<Notice>,
    dial: bool,
    closed: Option<bool>,
}

/// So many bytes a socket takes before it must be emptied.
const SOCKET: usize = 50_000;

impl Machine {
    fn new(terms: &Terms<'_>, now: Instant, buffers: &mut Buffers) -> Self {
        let mut machine = Self {
            connection: Connection::new(terms, now, buffers).expect("a connection"),
            from: Default::default(),
            to: Default::default(),
            notices: Vec::new(),
            dial: false,
            closed: None,
        };
        machine.obey(buffers, SOCKET);
        machine
    }

    /// Does what the machine says; a socket takes at most `most` bytes at once.
    fn obey(&mut self, buffers: &mut Buffers, most: usize) {
        while let Some(command) = self.connection.next(buffers) {
            match command {
                Command::Dial => self.dial = true,
                Command::Send(side) => {
                    let bytes = self.connection.bytes(side, buffers);
                    assert!(!bytes.is_empty());
                    let pipe = &mut self.to[side.index()];
                    assert!(!pipe.ended && !pipe.cut, "nothing after the end");
                    let taken = bytes
                        .len()
                        .min(most)
                        .min(SOCKET.saturating_sub(pipe.bytes.len()));
                    pipe.bytes.extend(&bytes[..taken]);
                    self.connection.sent(side, taken, buffers);
                }
                Command::Finish(side) => self.to[side.index()].ended = true,
                Command::Reset(side) => self.to[side.index()].cut = true,
                Command::Tell(notice) => self.notices.push(notice),
                Command::Close { reset } => self.closed = Some(reset),
            }
        }
    }

    fn tell(&mut self, now: Instant, event: Event, buffers: &mut Buffers, most: usize) {
        self.connection.on_event(now, event, buffers);
        self.obey(buffers, most);
    }

    /// One step with a side: reads at most `size` bytes, or hears of an end; whether anything happened.
    fn step(&mut self, now: Instant, side: Side, size: usize, buffers: &mut Buffers) -> bool {
        if std::mem::take(&mut self.dial) {
            self.tell(now, Event::Dialed, buffers, size);
            return true;
        }
        let lane = &self.connection.lanes[side.index()];
        if lane.blocked && self.to[side.index()].bytes.len() < SOCKET {
            self.tell(now, Event::Writable(side), buffers, size);
            return true;
        }
        if !self.connection.wants(side) || self.closed.is_some() {
            return false;
        }
        let pipe = &mut self.from[side.index()];
        if pipe.bytes.is_empty() {
            if (pipe.ended || pipe.cut) && !std::mem::replace(&mut pipe.told, true) {
                let event = if pipe.cut {
                    Event::Lost(side)
                } else {
                    Event::Ended(side)
                };
                self.tell(now, event, buffers, size);
                return true;
            }
            return false;
        }
        let size = size.min(pipe.bytes.len()).min(READ);
        for (room, byte) in buffers.room(side).iter_mut().zip(pipe.bytes.drain(..size)) {
            *room = byte;
        }
        self.tell(now, Event::Received(side, size), buffers, size);
        true
    }
}

/// A program, a client machine, the network, a server machine, a program.
struct Chain {
    client: Machine,
    server: Machine,
    /// What each program got.
    got: [Vec<u8>; 2],
}

impl Chain {
    fn new(
        client: Option<&Environment>,
        server: Option<&Environment>,
        now: Instant,
        buffers: &mut Buffers,
    ) -> Self {
        let terms = |environment, dial| Terms {
            environment,
            controlled: false,
            tapped: Tapped::Nothing,
            partner: PARTNER,
            dial,
            handshake: Some(Duration::from_secs(10)),
            cut_is_end: false,
        };
        Self {
            client: Machine::new(&terms(client, Side::Net), now, buffers),
            server: Machine::new(&terms(server, Side::Program), now, buffers),
            got: Default::default(),
        }
    }

    /// TLS from end to end.
    fn of(pair: &Pair, now: Instant, buffers: &mut Buffers) -> Self {
        Self::new(Some(&pair.client), Some(&pair.server), now, buffers)
    }

    /// The network and the programs take what there is.
    fn carry(&mut self) {
        carry(&mut self.client, &mut self.server);
        carry(&mut self.server, &mut self.client);
        let program = Side::Program.index();
        for (machine, got) in [&mut self.client, &mut self.server]
            .into_iter()
            .zip(&mut self.got)
        {
            got.extend(machine.to[program].bytes.drain(..));
        }
    }

    fn say(&mut self, from: usize, bytes: &[u8], ends: bool) {
        let machine = [&mut self.client, &mut self.server]
            .into_iter()
            .nth(from)
            .expect("0 or 1");
        let pipe = &mut machine.from[Side::Program.index()];
        pipe.bytes.extend(bytes);
        pipe.ended = ends;
    }
}

fn carry(from: &mut Machine, to: &mut Machine) {
    let net = Side::Net.index();
    let (out, into) = (&mut from.to[net], &mut to.from[net]);
    into.bytes.extend(out.bytes.drain(..));
    into.ended |= out.ended;
    into.cut |= out.cut;
}

struct Pair {
    client: Environment,
    server: Environment,
}

impl Pair {
    fn new(ring: &Arc<Ring>) -> Self {
        let made = |role| Environment::new(plan(role), ring).expect("an environment");
        Self {
            client: made(Role::Client),
            server: made(Role::Server),
        }
    }
}

/// Goes on until nothing happens any more, with sizes from a list that is gone through again and again.
fn settle(chains: &mut [Chain], sizes: &[usize], now: Instant, buffers: &mut Buffers) {
    let mut sizes = sizes.iter().cycle();
    for _ in 0..1_000_000 {
        let mut any = false;
        for chain in &mut *chains {
            for side in Side::BOTH {
                let size = sizes.next().copied().unwrap_or(1).max(1);
                any |= chain.client.step(now, side, size, buffers);
                any |= chain.server.step(now, side, size, buffers);
            }
            chain.carry();
        }
        if !any {
            return;
        }
    }
    panic!("no end");
}

/// How much text goes on in pieces of these sizes before [`settle`] takes it for endless: pieces of one byte
/// become records of 23 bytes, which go on byte by byte.
fn bound(sizes: &[usize]) -> usize {
    2000 * sizes.iter().sum::<usize>() / sizes.len().max(1)
}

fn text(length: usize, seed: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at.wrapping_mul(31).wrapping_add(seed) % 251) as u8)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the bytes are cut and whoever is served in between, each program gets what was said to it, and
    /// then the end.
    #[test]
    fn all_bytes_arrive_in_order_and_both_ends_are_carried(
        sizes in prop::collection::vec(prop_oneof![1usize..50, 50usize..3_000, 3_000usize..200_000], 1..20),
        lengths in prop::collection::vec((0usize..150_000, 0usize..150_000), 1..4),
        secure in any::<bool>(),
    ) {
        let most = bound(&sizes);
        let lengths: Vec<_> = lengths.iter().map(|(asked, answered)| (*asked.min(&most), *answered.min(&most))).collect();
        let pair = Pair::new(ring());
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let environments = if secure { (Some(&pair.client), Some(&pair.server)) } else { (None, None) };
        let mut chains: Vec<_> = lengths
            .iter()
            .map(|_| Chain::new(environments.0, environments.1, now, &mut buffers))
            .collect();
        for (at, (chain, (asked, answered))) in chains.iter_mut().zip(&lengths).enumerate() {
            chain.say(0, &text(*asked, at), true);
            chain.say(1, &text(*answered, at + 100), true);
        }
        settle(&mut chains, &sizes, now, &mut buffers);
        for (at, (chain, (asked, answered))) in chains.iter().zip(&lengths).enumerate() {
            prop_assert_eq!(&chain.got[1], &text(*asked, at));
            prop_assert_eq!(&chain.got[0], &text(*answered, at + 100));
            for machine in [&chain.client, &chain.server] {
                prop_assert!(machine.to[Side::Program.index()].ended);
                prop_assert_eq!(machine.closed, Some(false));
            }
        }
    }
}

#[test]
fn an_answer_follows_after_the_end_of_the_question() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [Chain::of(&pair, now, &mut buffers)];
    chains[0].say(0, b"question", true);
    settle(&mut chains, &[1000], now, &mut buffers);
    assert_eq!(chains[0].got[1], b"question");
    assert!(chains[0].server.to[Side::Program.index()].ended);
    assert_eq!(chains[0].server.closed, None);
    chains[0].say(1, &text(100_000, 0), true);
    settle(&mut chains, &[1000], now, &mut buffers);
    assert_eq!(chains[0].got[0].len(), 100_000);
    assert_eq!(
        (chains[0].client.closed, chains[0].server.closed),
        (Some(false), Some(false))
    );
}

#[test]
fn a_side_that_takes_nothing_stops_the_other_and_keeps_little() {
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let pair = Pair::new(ring());
    let mut chain = Chain::of(&pair, now, &mut buffers);
    chain.say(0, &text(2_000_000, 0), true);
    // The program of the server reads nothing.
    for _ in 0..10_000 {
        for side in Side::BOTH {
            chain.client.step(now, side, READ, &mut buffers);
            chain.server.step(now, side, READ, &mut buffers);
        }
        let net = Side::Net.index();
        let moved: Vec<u8> = chain.client.to[net].bytes.drain(..).collect();
        chain.server.from[net].bytes.extend(moved);
        let moved: Vec<u8> = chain.server.to[net].bytes.drain(..).collect();
        chain.client.from[net].bytes.extend(moved);
        if chain.server.from[net].bytes.len() > 300_000 {
            break;
        }
    }
    assert!(!chain.server.connection.wants(Side::Net));
    let kept = chain.server.connection.lanes[Side::Program.index()]
        .waiting()
        .len();
    assert!(kept > 0 && kept <= READ, "{kept}");
}

fn server_alone(pair: &Pair, now: Instant, buffers: &mut Buffers) -> Machine {
    let terms = Terms {
        environment: Some(&pair.server),
        controlled: false,
        tapped: Tapped::Nothing,
        partner: PARTNER,
        dial: Side::Program,
        handshake: Some(Duration::from_secs(10)),
        cut_is_end: false,
    };
    Machine::new(&terms, now, buffers)
}

#[test]
fn a_silent_partner_is_cut_at_the_time_and_not_before() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut machine = server_alone(&pair, now, &mut buffers);
    let deadline = now + Duration::from_secs(10);
    assert_eq!(machine.connection.deadline(), Some(deadline));
    machine.tell(
        deadline - Duration::from_millis(1),
        Event::Timeout,
        &mut buffers,
        SOCKET,
    );
    assert_eq!(machine.closed, None);
    machine.tell(deadline, Event::Timeout, &mut buffers, SOCKET);
    assert_eq!(machine.closed, Some(true));
    let [
        Notice::Failed {
            failure,
            secured: false,
        },
    ] = &machine.notices[..]
    else {
        panic!("{:?}", machine.notices)
    };
    assert_eq!(failure.code, 5004);
    assert!(!machine.dial, "nobody reached the program");
}

#[test]
fn rubbish_gets_an_alert_and_an_end_and_then_the_connection_is_over() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut machine = server_alone(&pair, now, &mut buffers);
    let net = Side::Net.index();
    machine.from[net]
        .bytes
        .extend([0x16, 3, 1, 0, 5, 0xff, 0, 0, 1, 0]);
    assert!(machine.step(now, Side::Net, 100, &mut buffers));
    assert_eq!(machine.to[net].bytes.front(), Some(&0x15), "an alert");
    assert!(machine.to[net].ended);
    assert_eq!(machine.closed, None, "the partner may read it");
    machine.tell(now, Event::Ended(Side::Net), &mut buffers, SOCKET);
    assert_eq!(machine.closed, Some(false));
    assert!(!machine.dial);
}

#[test]
fn an_end_of_tcp_alone_cuts_the_program_unless_told_otherwise() {
    for cut_is_end in [false, true] {
        let pair = Pair::new(ring());
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = [Chain::of(&pair, now, &mut buffers)];
        chains[0].server.connection.cut_is_end = cut_is_end;
        chains[0].say(0, b"words", false);
        settle(&mut chains, &[1000], now, &mut buffers);
        let [chain] = &mut chains;
        chain
            .server
            .tell(now, Event::Ended(Side::Net), &mut buffers, SOCKET);
        let program = &chain.server.to[Side::Program.index()];
        assert_eq!((program.cut, program.ended), (!cut_is_end, cut_is_end));
        assert_eq!(chain.server.notices.contains(&Notice::Cut), !cut_is_end);
    }
}

#[test]
fn a_connection_that_is_reset_is_told_as_one_that_was_cut() {
    for side in Side::BOTH {
        let pair = Pair::new(ring());
        let (now, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = [Chain::of(&pair, now, &mut buffers)];
        settle(&mut chains, &[1000], now, &mut buffers);
        let server = &mut chains[0].server;
        server.tell(now, Event::Lost(side), &mut buffers, SOCKET);
        assert!(server.to[side.other().index()].cut);
        assert_eq!(server.closed, Some(false));
        assert_eq!(server.notices.contains(&Notice::Cut), side == Side::Net);
    }
}

#[test]
fn a_program_that_cannot_be_reached_ends_the_partner() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chain = Chain::of(&pair, now, &mut buffers);
    for _ in 0..20 {
        for side in Side::BOTH {
            chain.client.step(now, side, READ, &mut buffers);
            if !chain.server.dial {
                chain.server.step(now, side, READ, &mut buffers);
            }
        }
        chain.carry();
    }
    assert!(chain.server.dial && chain.server.connection.deadline() == Some(now + DIAL));
    chain
        .server
        .tell(now + DIAL, Event::Timeout, &mut buffers, SOCKET);
    assert_eq!(chain.server.closed, Some(true));
    assert_eq!(chain.server.notices.last(), Some(&Notice::Undialed));
}

#[test]
fn a_program_that_is_slow_is_cut_all_the_same_when_tls_fails() {
    let pair = Pair::new(ring());
    let (now, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [Chain::of(&pair, now, &mut buffers)];
    settle(&mut chains, &[1000], now, &mut buffers);
    let [chain] = &mut chains;
    // More than the socket of the program takes, and then something that is no TLS.
    chain.say(0, &text(SOCKET + 20_000, 0), false);
    for _ in 0..100 {
        for side in Side::BOTH {
            chain.client.step(now, side, READ, &mut buffers);
        }
        carry(&mut chain.client, &mut chain.server);
        chain.server.step(now, Side::Net, READ, &mut buffers);
    }
    let program = Side::Program.index();
    chain.server.to[program].bytes.clear();
    chain.server.from[Side::Net.index()]
        .bytes
        .extend([0x17, 3, 3, 0, 40]);
    chain.server.from[Side::Net.index()].bytes.extend([7; 40]);
    chain.server.from[Side::Net.index()].ended = true;
    settle(&mut chains, &[READ], now, &mut buffers);
    let [chain] = &mut chains;
    let program = &chain.server.to[program];
    assert!(program.cut && !program.ended);
    assert_eq!(chain.server.closed, Some(false));
}

/// Machines of one version whose client renews the keys each minute.
fn renewing(version: Protocol) -> Pair {
    let made = |role| {
        let mut plan = plan(role);
        plan.versions = vec![version];
        plan.renewal = (role == Role::Client).then_some(Duration::from_secs(60));
        Environment::new(plan, ring()).expect("an environment")
    };
    Pair {
        client: made(Role::Client),
        server: made(Role::Server),
    }
}

#[test]
fn a_client_renews_its_keys_while_bytes_pass_both_ways() {
    for version in [Protocol::Tls12, Protocol::Tls13] {
        let pair = renewing(version);
        let (start, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = [Chain::of(&pair, start, &mut buffers)];
        settle(&mut chains, &[1000], start, &mut buffers);
        for minute in 1..4u32 {
            let now = start + Duration::from_secs(60) * minute;
            assert!(
                chains[0]
                    .client
                    .connection
                    .deadline()
                    .is_some_and(|deadline| deadline <= now)
            );
            // Bytes of both programs are on their way when the renewal begins.
            chains[0].say(0, &text(70_000, 0), false);
            chains[0].say(1, &text(70_000, 1), false);
            let sent = chains[0].client.to[0].bytes.len();
            chains[0]
                .client
                .tell(now, Event::Timeout, &mut buffers, SOCKET);
            assert!(
                chains[0].client.to[0].bytes.len() > sent,
                "{version} {minute}"
            );
            settle(&mut chains, &[3000, 70, 20_000], now, &mut buffers);
            for machine in [&chains[0].client, &chains[0].server] {
                let renewed = machine
                    .notices
                    .iter()
                    .filter(|one| **one == Notice::Renewed);
                // A server sees of new keys in TLS 1.3 only that it can still read.
                let (seen, all) = (renewed.count(), machine.notices.len() - 1);
                assert_eq!(seen, all, "{:?}", machine.notices);
                assert!(seen as u32 == minute || version == Protocol::Tls13);
                assert_eq!(machine.closed, None);
                assert!(!machine.connection.is_renewing());
            }
        }
        let expected = |seed| text(70_000, seed).repeat(3);
        assert_eq!(chains[0].got, [expected(1), expected(0)], "{version}");
        // A server has no such timer.
        assert_eq!(chains[0].server.connection.deadline(), None);
    }
}

#[test]
fn a_partner_that_does_not_finish_another_handshake_is_ended() {
    let pair = renewing(Protocol::Tls12);
    let (start, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [Chain::of(&pair, start, &mut buffers)];
    settle(&mut chains, &[1000], start, &mut buffers);
    let now = start + Duration::from_secs(60);
    chains[0]
        .client
        .tell(now, Event::Timeout, &mut buffers, SOCKET);
    let client = &mut chains[0].client;
    assert!(!client.connection.wants(Side::Program));
    assert_eq!(
        client.connection.deadline(),
        Some(now + Duration::from_secs(10))
    );
    client.tell(
        now + Duration::from_secs(10),
        Event::Timeout,
        &mut buffers,
        SOCKET,
    );
    assert_eq!(client.closed, Some(true));
    let failed = |notice: &Notice| matches!(notice, Notice::Failed { failure, secured: true } if failure.code == 5005);
    assert!(
        client.notices.last().is_some_and(failed),
        "{:?}",
        client.notices
    );
}

#[test]
fn a_program_that_takes_nothing_does_not_end_another_handshake() {
    let pair = renewing(Protocol::Tls12);
    let (start, mut buffers) = (Instant::now(), Buffers::default());
    let mut chains = [Chain::of(&pair, start, &mut buffers)];
    settle(&mut chains, &[1000], start, &mut buffers);
    // More than the program's socket takes, which nobody empties.
    chains[0].say(1, &text(300_000, 0), false);
    let program = Side::Program.index();
    for _ in 0..100 {
        for side in Side::BOTH {
            chains[0].client.step(start, side, READ, &mut buffers);
            chains[0].server.step(start, side, READ, &mut buffers);
        }
        let Chain { client, server, .. } = &mut chains[0];
        carry(server, client);
        carry(client, server);
    }
    assert!(chains[0].client.connection.lanes[program].is_waiting());
    let mut now = start + Duration::from_secs(60);
    for _ in 0..3 {
        chains[0]
            .client
            .tell(now, Event::Timeout, &mut buffers, SOCKET);
        now += Duration::from_secs(10);
    }
    assert_eq!(chains[0].client.closed, None);
    chains[0].carry();
    settle(&mut chains, &[READ], now, &mut buffers);
    let whole = text(300_000, 0);
    let (got, notices) = (&chains[0].got[0], &chains[0].client.notices);
    assert_eq!(
        got.len(),
        whole.len(),
        "{notices:?} {:?}",
        chains[0].server.notices
    );
    assert!(*got == whole);
    assert!(!chains[0].client.connection.is_renewing());
}

#[test]
fn keys_are_renewed_in_the_middle_of_a_record() {
    for version in [Protocol::Tls12, Protocol::Tls13] {
        let pair = renewing(version);
        let (start, mut buffers) = (Instant::now(), Buffers::default());
        let mut chains = [Chain::of(&pair, start, &mut buffers)];
        settle(&mut chains, &[1000], start, &mut buffers);
        // The server's program says something, and half of it is there when the time comes.
        chains[0].say(1, &text(10_000, 1), false);
        let net = Side::Net.index();
        let Chain { client, server, .. } = &mut chains[0];
        while server.step(start, Side::Program, READ, &mut buffers) {}
        client.from[net]
            .bytes
            .extend(server.to[net].bytes.drain(..5_000));
        while client.step(start, Side::Net, READ, &mut buffers) {}
        let now = start + Duration::from_secs(60);
        client.tell(now, Event::Timeout, &mut buffers, SOCKET);
        chains[0].say(0, &text(10_000, 0), false);
        settle(&mut chains, &[3000, 70, 20_000], now, &mut buffers);
        assert_eq!(
            chains[0].got,
            [text(10_000, 1), text(10_000, 0)],
            "{version}"
        );
        let Chain { client, server, .. } = &chains[0];
        assert_eq!((client.closed, server.closed), (None, None));
        let renewed = |machine: &Machine| {
            let notices = machine.notices.iter();
            notices.filter(|one| **one == Notice::Renewed).count()
        };
        let seen = usize::from(version == Protocol::Tls12);
        assert_eq!((renewed(client), renewed(server)), (1, seen));
        assert!(client.connection.deadline().is_some());
        assert!(!client.connection.is_renewing() && !server.connection.is_renewing());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever is on its way when the keys are renewed, and however it is cut, all of it arrives.
    #[test]
    fn all_bytes_arrive_whenever_the_keys_are_renewed(
        sizes in prop::collection::vec(prop_oneof![1usize..50, 50usize..3_000, 3_000usize..200_000], 1..20),
        (asked, answered) in (0usize..200_000, 0usize..200_000),
        rounds in prop::collection::vec(0usize..60, 1..4),
        old in any::<bool>(),
    ) {
        let pair = renewing(if old { Protocol::Tls12 } else { Protocol::Tls13 });
        let (mut now, mut buffers) = (Instant::now(), Buffers::default());
        let most = bound(&sizes);
        let (asked, answered) = (asked.min(most), answered.min(most));
        let mut chains = [Chain::of(&pair, now, &mut buffers)];
        settle(&mut chains, &[1000], now, &mut buffers);
        chains[0].say(0, &text(asked, 0), false);
        chains[0].say(1, &text(answered, 1), false);
        let mut cycle = sizes.iter().cycle();
        for rounds in rounds {
            for _ in 0..rounds {
                for side in Side::BOTH {
                    let size = cycle.next().copied().unwrap_or(1);
                    chains[0].client.step(now, side, size, &mut buffers);
                    chains[0].server.step(now, side, size, &mut buffers);
                }
                chains[0].carry();
            }
            if let Some(deadline) = chains[0].client.connection.deadline() {
                // One that is still under way has its own deadline, which is not the matter here.
                if !chains[0].client.connection.is_renewing() {
                    now = deadline;
                    chains[0].client.tell(now, Event::Timeout, &mut buffers, SOCKET);
                }
            }
        }
        chains[0].carry();
        settle(&mut chains, &sizes, now, &mut buffers);
        prop_assert_eq!(&chains[0].got[0], &text(answered, 1));
        prop_assert_eq!(&chains[0].got[1], &text(asked, 0));
        for machine in [&chains[0].client, &chains[0].server] {
            prop_assert_eq!(machine.closed, None);
            prop_assert!(!machine.connection.is_renewing());
        }
    }
}
