package agency

import (
	"context"
	"strings"

	"github.com/peakday/peakday/sut/rules"
)

// Policies is the answer of policies.search.
type Policies struct {
	Items []Policy `json:"items"` // newest first
}

// A Policy is one policy pack that was found.
type Policy struct {
	ID     string      `json:"id"`
	Region string      `json:"region"`
	From   rules.Date  `json:"from"`
	To     *rules.Date `json:"to,omitempty"` // first day no longer in force
	Title  string      `json:"title"`
	Rules  []Rule      `json:"rules"`
}

// A Rule is one section of a pack and where it comes from.
type Rule struct {
	Rule     string `json:"rule"`
	Citation string `json:"citation"`
	Verified bool   `json:"verified"`
	Note     string `json:"note,omitempty"`
}

// Policies finds the packs whose text holds every word of q, in any case, and that are in force on the day;
// an empty q and a zero day match all.
func (a *Agency) Policies(_ context.Context, q string, day rules.Date) (Policies, error) {
	found := Policies{Items: []Policy{}}
	words := strings.Fields(strings.ToLower(q))
	for _, p := range a.searchable() {
		if day != 0 && !p.InForce(day) || !holds(p.text, words) {
			continue
		}
		policy := Policy{ID: p.ID, Region: p.Region, From: p.From, Title: p.Title, Rules: make([]Rule, len(p.Rules))}
		if p.To != 0 {
			policy.To = &p.To
		}
		for i, s := range p.Rules {
			policy.Rules[i] = Rule(s)
		}
		found.Items = append(found.Items, policy)
	}
	return found, nil
}

// holds scans the text: the interface's one costly read, and meant to be, for there is no index over words.
func holds(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
