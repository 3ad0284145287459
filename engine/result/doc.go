// Package result is the record of a run: what was planned, what was sent, how every request ended, and whether the
// measurement can be trusted. A measured and a simulated run are the same type, so gates and reports serve both.
//
// # The file
//
// A .run file is one JSON object a line, appended while the run goes on:
//
//	{"header": Header}        once, before the first arrival
//	{"tick": Tick}            once a second: what ended in it, by the second in which it was due
//	{"end": End}              once, after the drain
//
// A run that was killed has no end and perhaps half a last line. Read returns what is there, with End nil: partial.
//
// # Two clocks in one record
//
// A request belongs to the second in which it was due (Cell.Due), which is what a person felt, and to the second in
// which it ended (Tick.At), which is what the service did. Budgets look at the first, throughput charts at the second.
// Histograms are kept for each cell, so any span, operation or outcome can be cut out later without raw samples.
package result
