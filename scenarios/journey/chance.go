package journey

import (
	"math/bits"
	"math/rand/v2"
)

// Every draw of a session is a pure function of the run's seed, the arrival's number and the place of the draw, so that
// the order in which sessions run, or on how many cores, changes nothing.

// stream is the chance of one place of one session: the step of the program and what in it asks. Multiples of the golden
// ratio keep the places of neighbouring seeds apart.
func (p *Program) stream(seq uint64, step int, part uint32) (source rand.PCG) {
	source.Seed(p.seed+(uint64(step+1)<<32|uint64(part))*0x9e3779b97f4a7c15, seq)
	return source
}

// The parts of a step that are no placeholder of a template.
const (
	partPause  = 1<<32 - 1
	partBranch = 1<<32 - 2
	partFeeder = 1 << 31 // and the feeder's number; the step is that of none
)

// within maps a draw to a whole number from 0 to most. Its bias is below most/2^64 (Lemire 2019).
func within(draw, most uint64) uint64 {
	if most == 1<<64-1 {
		return draw
	}
	high, _ := bits.Mul64(draw, most+1)
	return high
}

// share maps a draw to [0, 1).
func share(draw uint64) float64 { return float64(draw>>11) / (1 << 53) }
