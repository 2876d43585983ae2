// Package journal is the event log: everything that happened, in order, without
// a gap, on disk before anybody hears of it.
//
// # Files
//
// A journal is a folder, owned by one process at a time:
//
//	LOCK                              held with flock by the process that has the journal open
//	journal.json                      format, epoch, known holes
//	days/2026-11-21-SEQ.db            events of one UTC day from event SEQ on (bbolt)
//	records.db                        copies of the events that are never trimmed (bbolt)
//	snapshots/SEQ.snap                the state after event SEQ
//	damaged/                          files that were found broken, kept as they were
//
// A day starts a new file; so does a program that finds the day's file large,
// because bbolt reads a whole file before it writes to it. Retention deletes
// files. The file of an event is chosen by its Seen, which never decreases, so a
// clock that jumps back does no harm; a batch is never split over two files.
//
// A day file holds blocks of some 8 KiB under the number of their first event.
// A block carries its numbers and a checksum, so a damaged file can be read
// without bbolt's tree: see Open.
//
// # Commit
//
// One goroutine of the log owns writing. Append hands it a batch and returns at
// once with a channel; the batch is encoded on several cores, committed in one
// transaction and answered when the disk has it. A caller therefore fills batch
// N+1 while batch N is written. Readers see durable events only.
package journal
