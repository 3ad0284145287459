package rules

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
)

//go:embed packs/*.yaml
var embedded embed.FS

// A Book is a set of packs. It never changes after it was read, so goroutines may share it.
type Book struct {
	packs []*Pack // newest first
}

// Open reads the packs that come with the program.
func Open() (*Book, error) {
	dir, err := fs.Sub(embedded, "packs")
	if err != nil {
		return nil, err
	}
	return Read(dir)
}

// Read reads every *.yaml at the top of dir as one pack. Two packs of one region and day are an error.
func Read(dir fs.FS) (*Book, error) {
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, err
	}
	b := new(Book)
	seen := make(map[string]string)
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		p, err := ParsePack(text)
		if err != nil {
			return nil, fmt.Errorf("policy pack %s: %w", name, err)
		}
		key := p.Region + "@" + p.From.String()
		if other := seen[key]; other != "" {
			return nil, fmt.Errorf("policy pack %s: %s is already in %s: put both in one file", name, key, other)
		}
		seen[key] = name
		b.packs = append(b.packs, p)
	}
	slices.SortFunc(b.packs, func(x, y *Pack) int { return cmp.Or(cmp.Compare(y.From, x.From), cmp.Compare(x.Region, y.Region)) })
	return b, nil
}

// Packs are the packs of the book, newest first. They are shared: read, do not write.
func (b *Book) Packs() []*Pack { return slices.Clone(b.packs) }

// inForce yields the packs of the region, its province and its country that are in force on the day, nearest region
// first and newest first within it.
func (b *Book) inForce(region string, day Date) iter.Seq[*Pack] {
	return func(yield func(*Pack) bool) {
		for _, r := range lineage(region) {
			for _, p := range b.packs {
				if p.Region == r && p.InForce(day) && !yield(p) {
					return
				}
			}
		}
	}
}

// InForce says whether the pack is in force on a day.
func (p *Pack) InForce(day Date) bool { return p.From <= day && (p.To == 0 || day < p.To) }

// lineage is the region as packs write it, then its province, then its country: 420500 is CN-420500, CN-420000, CN.
// Six bare digits are Chinese (GB/T 2260).
func lineage(region string) []string {
	if len(region) == 6 && strings.Trim(region, "0123456789") == "" {
		region = "CN-" + region
	}
	country, code, _ := strings.Cut(region, "-")
	switch {
	case len(code) != 6:
		return []string{region}
	case strings.HasSuffix(code, "0000"):
		return []string{region, country}
	}
	return []string{region, country + "-" + code[:2] + "0000", country}
}

// find is the section that decides in the region on the day, and its pack.
func find[S any](b *Book, region string, day Date, of func(*sections) *S, what string) (*S, *Pack, error) {
	for p := range b.inForce(region, day) {
		if s := of(&p.sections); s != nil {
			return s, p, nil
		}
	}
	return nil, nil, fmt.Errorf("region %q on %s: no %s in the policy packs: %w", region, day, what, ErrNoRule)
}

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

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
