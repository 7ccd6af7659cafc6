use pantry_model::OutputStream;

use super::*;

const UNTIL: Timestamp = Timestamp(100_000);
const CLOCK: Timestamp = Timestamp(1_000);

fn job(number: u32) -> JobId {
    JobId::new(Timestamp(1), number)
}

fn ended(job: JobId, what: Reported, spooled: u64, tail: &[Piece]) -> JobNews {
    let ending = Ending {
        exit_code: Some(0),
        output_chunks: spooled + tail.len() as u64,
        ..Ending::default()
    };
    let tail_sizes = tail.iter().map(|(stream, bytes)| (*stream, bytes.len())).collect();
    let ended = Ended { job, until: UNTIL, what, ending, spooled, tail: tail_sizes };
    JobNews { job, event: JobEvent::Ended(ended, tail.to_vec()) }
}

fn whats(reports: &[Report]) -> Vec<Reported> {
    reports.iter().map(|report| report.what).collect()
}

#[test]
fn an_end_stands_for_what_came_before_and_is_said_until_it_is_recorded() {
    let (mut book, now) = (Book::default(), Instant::now());
    assert_eq!(book.arrive(job(1), UNTIL, 10), Arrival::New);
    assert!(book.reports(10, now).is_empty(), "nothing is on disk yet");
    assert_eq!(book.arrive(job(1), UNTIL, 10), Arrival::Known);
    assert!(book.reports(10, now).is_empty());

    book.note(JobNews { job: job(1), event: JobEvent::Started }, now);
    book.note(ended(job(1), Reported::Succeeded, 0, &[]), now);
    assert_eq!(whats(&book.reports(10, now)), [Reported::Succeeded]);
    assert!(book.reports(10, now).is_empty(), "it was just said");
    let again = book.wake().unwrap();
    assert_eq!(again - now, FIRST_PAUSE);
    assert_eq!(whats(&book.reports(10, again)), [Reported::Succeeded]);
    assert!(book.wake().unwrap() - again > FIRST_PAUSE);
    book.start_over();
    assert_eq!(whats(&book.reports(10, now)), [Reported::Succeeded]);

    // A report from before that is recorded late says nothing of the end.
    let mut recorded = Recorded { reports: vec![(job(1), Reported::Started)], output: vec![] };
    assert!(book.record(&recorded, now, CLOCK).is_empty());
    recorded.reports = vec![(job(1), Reported::Succeeded)];
    assert_eq!(book.record(&recorded, now, CLOCK).len(), 1);
    assert!(book.wake().is_none() && book.open_jobs().is_empty());

    assert_eq!(book.arrive(job(1), UNTIL, 10), Arrival::Known, "it must not run again");
    let answer = book.reports(10, now);
    assert_eq!(whats(&answer), [Reported::Succeeded]);
    assert_eq!(answer[0].ending.exit_code, Some(0));
}

#[test]
fn a_job_is_over_when_its_output_is_recorded_too() {
    let (mut book, now) = (Book::default(), Instant::now());
    book.arrive(job(1), UNTIL, 10);
    book.note(JobNews { job: job(1), event: JobEvent::Started }, now);
    book.note(JobNews { job: job(1), event: JobEvent::Spooled(2) }, now);
    let (sends, wishes) = book.output(now, 9, 9);
    assert!(sends.is_empty());
    assert_eq!(wishes.iter().map(|wish| wish.from).collect::<Vec<_>>(), [0]);
    let pieces = vec![(OutputStream::Stdout, vec![1; 9]), (OutputStream::Stderr, vec![2; 9])];
    let read = JobEvent::Read(0, Ok(pieces.clone()));
    let send = book.note(JobNews { job: job(1), event: read }, now).unwrap();
    assert_eq!((send.first, send.pieces), (0, pieces));

    let mark = (OutputStream::Stderr, b"cut".to_vec());
    book.note(ended(job(1), Reported::Failed, 2, std::slice::from_ref(&mark)), now);
    let (sends, _) = book.output(now, 9, 9);
    assert_eq!(sends, [Send { job: job(1), first: 2, pieces: vec![mark] }]);
    let end = Recorded { reports: vec![(job(1), Reported::Failed)], output: vec![(job(1), 2)] };
    assert!(book.record(&end, now, CLOCK).is_empty());
    assert_eq!(book.open_jobs(), [job(1)]);
    let rest = Recorded { reports: vec![], output: vec![(job(1), 3)] };
    assert_eq!(book.record(&rest, now, CLOCK).len(), 1);
}

#[test]
fn output_that_is_lost_holds_up_nothing() {
    let (mut book, now) = (Book::default(), Instant::now());
    let JobEvent::Ended(end, tail) = ended(job(1), Reported::Succeeded, 5, &[]).event else {
        unreachable!()
    };
    book.recall_ended(end, tail);
    let (_, wishes) = book.output(now, 9, 9);
    let read = JobEvent::Read(wishes[0].from, Ok(Vec::new()));
    assert_eq!(book.note(JobNews { job: job(1), event: read }, now), None);
    assert_eq!(book.output(now, 9, 9), (vec![], vec![]));
    let end = Recorded { reports: vec![(job(1), Reported::Succeeded)], output: vec![] };
    assert_eq!(book.record(&end, now, CLOCK).len(), 1);
}

#[test]
fn a_full_queue_refuses_and_a_duplicate_of_what_was_refused_is_not_run() {
    let (mut book, now) = (Book::default(), Instant::now());
    for number in 0..1000 {
        assert_eq!(book.arrive(job(number), UNTIL, 10), Arrival::New);
    }
    assert_eq!(book.arrive(job(1000), UNTIL, 10), Arrival::Full);
    let reports = book.reports(10, now);
    let reason = reports[0].ending.reason.as_deref();
    assert_eq!(reason, Some("the agent's queue is full: 1000 jobs are waiting in it"));
    book.note(JobNews { job: job(0), event: JobEvent::Started }, now);
    assert_eq!(book.arrive(job(1000), UNTIL, 10), Arrival::Known);
    let recorded = Recorded { reports: vec![(job(1000), Reported::Refused)], output: vec![] };
    assert!(book.record(&recorded, now, CLOCK).is_empty(), "it is not on disk");
    assert_eq!(book.arrive(job(1000), UNTIL, 10), Arrival::Known);
    assert_eq!(book.arrive(job(1001), UNTIL, 10), Arrival::New, "there is room again");
}
