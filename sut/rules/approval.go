package rules

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed packs/*.yaml approvals.yaml articles.yaml
var embedded embed.FS

// Open reads the packs that come with the program, all of them approved.
func Open() (*Book, error) {
	approvals, err := embedded.ReadFile("approvals.yaml")
	if err != nil {
		return nil, err
	}
	packs, err := fs.Sub(embedded, "packs")
	if err != nil {
		return nil, err
	}
	return ReadApproved(packs, approvals)
}

// An approval is the word of two people that they read the very file with this hash (经办条例 37: business of high risk
// is approved in tiers).
type approval struct {
	Pack   string   `yaml:"pack"` // region@from
	SHA256 string   `yaml:"sha256"`
	By     []string `yaml:"by"` // two different people
	On     Date     `yaml:"on"` // the day of the second's word
}

// ReadApproved is [Read], and refuses a pack that the approvals do not cover: a YAML list of entries such as
//
//   - {pack: CN@2025-01-01, sha256: "64 hex digits", by: [one, another], on: 2026-11-22}
//
// Every pack needs one with the hash of its file and two different approvers, and every entry a pack.
func ReadApproved(dir fs.FS, approvals []byte) (*Book, error) {
	var list []approval
	if err := decode(bytes.NewReader(approvals), &list); err != nil {
		return nil, fmt.Errorf("approvals: %w", err)
	}
	b, err := Read(dir)
	if err != nil {
		return nil, err
	}
	for _, p := range b.packs {
		i := slices.IndexFunc(list, func(a approval) bool { return a.Pack == p.name() })
		if i < 0 {
			return nil, fmt.Errorf("policy pack %s is not approved: after two people have read the file, add {pack: %s, sha256: \"%s\", by: [one, another], on: the day} to the approvals",
				p.name(), p.name(), p.hash())
		}
		if err := list[i].covers(p); err != nil {
			return nil, fmt.Errorf("policy pack %s: %w", p.name(), err)
		}
		list = slices.Delete(list, i, i+1)
	}
	if len(list) > 0 {
		return nil, fmt.Errorf("approval of %s: there is no such pack, or it is approved twice: remove the entry", list[0].Pack)
	}
	return b, nil
}

func (a *approval) covers(p *Pack) error {
	switch {
	case a.SHA256 != p.hash():
		return fmt.Errorf("the file has sha256 %s and %q was approved: take back the change, or have two people read and approve the new file", p.hash(), a.SHA256)
	case len(a.By) != 2 || slices.ContainsFunc(a.By, blank) || strings.EqualFold(strings.TrimSpace(a.By[0]), strings.TrimSpace(a.By[1])):
		return fmt.Errorf("approved by %q: want two different people", a.By)
	case a.On == 0:
		return fmt.Errorf("the approval has no day: want on, such as 2026-11-22")
	}
	return nil
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
