// Package result is the record of a run: what was planned, what was sent, how every request ended, and whether the
// measurement can be trusted. A measured and a simulated run are the same type, so gates and reports serve both.
//
// # The run
//
// A .run file is one JSON object a line, appended while the run goes on:
//
//	{"header": Header}        once, before the first arrival
//	{"tick": Tick}            once a second: what ended in it, by the second in which it was due
//	{"end": End}              once, after the drain
//
// A run that was killed has no end and perhaps half a last line. Read returns what is there, with End nil: partial. A Run
// keeps every second of every operation: an hour of 50 operations takes 102 MB for 18 million results and 207 MB for 100
// million (TestASecondOf50OperationsTakesLittleMemory).
//
// # Every result
//
// The .results file beside it holds every attempt, in 12 to 22 bytes each (TestAResultTakesAtMost24Bytes). It is a row of
// blocks, the first of which holds the Header as JSON. Each begins with 16 bytes, little endian:
//
//	"pdh1" of the header, "pdr1" of entries
//	length of the payload, uint32
//	number of entries, uint32; 0 for the header
//	CRC-32C of those 12 bytes and of the payload, uint32
//
// A block says nothing of other blocks, so the loops of an engine fill their own and write them as they are done, and a
// file that was cut off is whole up to its last block. In a block, an entry is written against the one before it, with times
// in nanoseconds, all of them varints as in package encoding/binary:
//
//	flags                outcome in the low three bits; the others say which of the fields in brackets follow
//	seq, due             what is added to those of the entry before, signed
//	ready                ready - due, signed
//	sent                 0 for never, else 1 + (sent - ready), zig-zag
//	done                 0 for never, else 1 + (done - the later of sent and due), zig-zag
//	[operation]          its place in Header.Operations
//	[attempt, step]
//	[status, kind]       a kind by its number in the block, 0 for none; a new one is followed by the length of its name and it
//	[bytes out]          unless as in the entry before with the same operation modulo 64
//	[bytes in]           the same
//
// InOrder brings entries into the order of any of their instants, and Header.Vegeta turns them into vegeta's results.
//
// # Two clocks in one record
//
// A request belongs to the second in which it was due (Cell.Due), which is what a person felt, and to the second in
// which it ended (Tick.At), which is what the service did. Budgets look at the first, throughput charts at the second.
// Histograms are kept for each cell, so any span, operation or outcome can be cut out later without raw samples.
//
// # Why a format of its own
//
// Most of a row repeats the row before it, which formats with names, schemas or columns either write again or need many rows
// to find. A reader of this one is a page in any language. There is no index: who wants one span reads the .run file, which
// has it already.
package result
