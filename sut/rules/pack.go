package rules

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"regexp"

	"github.com/goccy/go-yaml"
)

// A Pack is the law of one region from one day on: a file of parameters, whole or in part. A book asks the newest pack
// that holds the section it needs, so a pack may hold one section or all.
type Pack struct {
	ID     string // region@from#sha256:hex, the hash over the file's bytes
	Region string // "CN", or "CN-" and the six digits of a province or city
	From   Date   // first day in force
	To     Date   // first day no longer in force; zero: still in force
	Title  string
	Rules  []Source // one for each section the pack holds
	Text   string   // the file itself

	sections sections
}

// A Source is where one section of a pack comes from.
type Source struct {
	Rule     string `yaml:"rule"`     // our name of the rule, such as O18
	Citation string `yaml:"citation"` // the law, notice or letter
	Verified bool   `yaml:"verified"` // the source was read, in the original or in a public copy of it
	Note     string `yaml:"note"`     // what to know, always given where Verified is false
}

// sections are the parameters a pack may hold; nil means the pack is silent on it. A new kind of rule is a new field
// here and a line in all.
type sections struct {
	Retirement    *retirement    `yaml:"retirement"`
	Payout        *payout        `yaml:"payout_months"`
	Pension       *pension       `yaml:"pension"`
	PensionBase   *pensionBase   `yaml:"pension_base"`
	Transition    *transition    `yaml:"transition"`
	WageBase      *wageBase      `yaml:"wage_base"`
	Contributions *contributions `yaml:"contributions"`
	Outpatient    *outpatient    `yaml:"outpatient"`
}

// section is what every kind of section can do: name its source and check its own numbers.
type section interface {
	source() Source
	check() error
}

func (s Source) source() Source { return s }

func (s *sections) all() []section {
	var found []section
	if s.Retirement != nil {
		found = append(found, s.Retirement)
	}
	if s.Payout != nil {
		found = append(found, s.Payout)
	}
	if s.Pension != nil {
		found = append(found, s.Pension)
	}
	if s.PensionBase != nil {
		found = append(found, s.PensionBase)
	}
	if s.Transition != nil {
		found = append(found, s.Transition)
	}
	if s.WageBase != nil {
		found = append(found, s.WageBase)
	}
	if s.Contributions != nil {
		found = append(found, s.Contributions)
	}
	if s.Outpatient != nil {
		found = append(found, s.Outpatient)
	}
	return found
}

// ParsePack reads one pack. Its errors name line and column where YAML is at fault, else the section.
func ParsePack(text []byte) (*Pack, error) {
	var file struct {
		Region   string   `yaml:"region"`
		From     Date     `yaml:"from"`
		To       Date     `yaml:"to"`
		Title    string   `yaml:"title"`
		Sections sections `yaml:",inline"`
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&file); err != nil {
		return nil, err
	}
	p := &Pack{
		Region: file.Region, From: file.From, To: file.To, Title: file.Title,
		ID:       fmt.Sprintf("%s@%s#sha256:%x", file.Region, file.From, sha256.Sum256(text)),
		Text:     string(text),
		sections: file.Sections,
	}
	return p, p.check()
}

func (p *Pack) check() error {
	switch {
	case !regexp.MustCompile(`^[A-Z]{2}(-\d{6})?$`).MatchString(p.Region):
		return fmt.Errorf("region is %q: want a country such as CN, or CN-420500", p.Region)
	case p.From == 0:
		return fmt.Errorf("from is missing: want the first day in force, such as 2023-01-01")
	case p.To != 0 && p.To <= p.From:
		return fmt.Errorf("to is %s: want a day after from, %s", p.To, p.From)
	case len(p.sections.all()) == 0:
		return fmt.Errorf("the pack holds no section: want one such as outpatient")
	}
	for _, s := range p.sections.all() {
		src := s.source()
		if src.Rule == "" || src.Citation == "" {
			return fmt.Errorf("rule is %q and citation is %q: want both in every section", src.Rule, src.Citation)
		}
		if !src.Verified && src.Note == "" {
			return fmt.Errorf("%s is not verified and has no note: want one that says what was not read", src.Rule)
		}
		if err := s.check(); err != nil {
			return fmt.Errorf("%s: %w", src.Rule, err)
		}
		p.Rules = append(p.Rules, src)
	}
	return nil
}
