package rules

import (
	"cmp"
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
)

// A Book is a set of packs. It never changes after it was read, so goroutines may share it.
type Book struct {
	packs []*Pack // newest first
}

// Read reads every *.yaml at the top of dir as one pack and asks for no approval: it is for drafts and tests, [Open]
// and [ReadApproved] are for money. Two packs of one region and day are an error.
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
		if other := seen[p.name()]; other != "" {
			return nil, fmt.Errorf("policy pack %s: %s is already in %s: put both in one file", name, p.name(), other)
		}
		seen[p.name()] = name
		b.packs = append(b.packs, p)
	}
	slices.SortFunc(b.packs, func(x, y *Pack) int { return cmp.Or(cmp.Compare(y.From, x.From), cmp.Compare(x.Region, y.Region)) })
	return b, nil
}

// Packs are the packs of the book, newest first. They are shared: read, do not write.
func (b *Book) Packs() []*Pack { return slices.Clone(b.packs) }

// ByID is the pack with this id, of which the hash is a part; the error wraps [ErrNoPack].
func (b *Book) ByID(id string) (*Pack, error) {
	for _, p := range b.packs {
		if p.ID == id {
			return p, nil
		}
	}
	for _, p := range b.packs {
		if strings.HasPrefix(id, p.name()+"#") {
			return nil, fmt.Errorf("%w %s: the book holds %s: the file was changed since, bring back the one with that hash", ErrNoPack, id, p.ID)
		}
	}
	return nil, fmt.Errorf("%w %s: want an id from Book.Packs, such as CN@2025-01-01#sha256:…", ErrNoPack, id)
}

// Only is the book of just these packs. A stored amount names the packs it rests on ([Basis].Packs): reckoned again with
// Only those it must come out to the same fen, whatever packs came later.
func (b *Book) Only(ids ...string) (*Book, error) {
	only := new(Book)
	for _, p := range b.packs {
		if slices.Contains(ids, p.ID) {
			only.packs = append(only.packs, p)
		}
	}
	for _, id := range ids {
		if _, err := only.ByID(id); err != nil {
			_, err = b.ByID(id)
			return nil, err
		}
	}
	return only, nil
}

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

// A law is the section that decides in a region on a day and the pack that holds it, or why there is none.
type law[S any] struct {
	rule *S
	pack *Pack
	err  error // wraps ErrNoRule
}

// find is the section that decides in the region on the day.
func find[S any](b *Book, region string, day Date, of func(*sections) *S, what string) law[S] {
	for p := range b.inForce(region, day) {
		if s := of(&p.sections); s != nil {
			return law[S]{s, p, nil}
		}
	}
	return law[S]{err: fmt.Errorf("region %q on %s: no %s in the policy packs: %w", region, day, what, ErrNoRule)}
}

// change is the first day after day on which find may give another section, or zero where nothing is announced.
func change[S any](b *Book, region string, day Date, of func(*sections) *S) (first Date) {
	for _, r := range lineage(region) {
		for _, p := range b.packs {
			if p.Region != r || of(&p.sections) == nil {
				continue
			}
			for _, d := range []Date{p.From, p.To} {
				if d > day && (first == 0 || d < first) {
					first = d
				}
			}
		}
	}
	return first
}
