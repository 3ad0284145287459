package rules

import (
	"fmt"
	"slices"
)

// A Basis says what an amount rests on.
type Basis struct {
	Packs       []string // ids of the packs used, in the order of use
	Citations   []string // one for each section used
	Verified    bool     // every section used was verified
	Assumptions []string // what was taken for granted, the notes of the sections used among it
	Trace       []string // the reckoning, one step a line, first the rule's name
}

// use notes that a section of a pack gave a number.
func (b *Basis) use(p *Pack, s Source) {
	if len(b.Packs) == 0 {
		b.Verified = true
	}
	b.Verified = b.Verified && s.Verified
	b.Packs = appendNew(b.Packs, p.ID)
	b.Citations = appendNew(b.Citations, s.Rule+" "+s.Citation)
	if s.Note != "" {
		b.Assumptions = appendNew(b.Assumptions, s.Rule+" "+s.Note)
	}
}

func (b *Basis) step(format string, args ...any) {
	b.Trace = append(b.Trace, fmt.Sprintf(format, args...))
}

func (b *Basis) assume(format string, args ...any) {
	b.Assumptions = append(b.Assumptions, fmt.Sprintf(format, args...))
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
