package rules

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"
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

// name is region@from, which is unique in a book.
func (p *Pack) name() string { return p.Region + "@" + p.From.String() }

// hash is the SHA-256 of the file, in hex.
func (p *Pack) hash() string { return strings.TrimPrefix(p.ID, p.name()+"#sha256:") }

// InForce says whether the pack is in force on a day.
func (p *Pack) InForce(day Date) bool { return p.From <= day && (p.To == 0 || day < p.To) }

// sections are the parameters a pack may hold; nil means the pack is silent on it. A new kind of rule is a new field
// here and a line in all.
type sections struct {
	WageBase           *wageBase           `yaml:"wage_base"`
	Contributions      *contributions      `yaml:"contributions"`
	Flexible           *contributions      `yaml:"flexible"`
	Undeclared         *undeclared         `yaml:"undeclared"`
	LateFee            *lateFee            `yaml:"late_fee"`
	Retirement         *retirement         `yaml:"retirement"`
	Minimum            *minimum            `yaml:"minimum_months"`
	Payout             *payout             `yaml:"payout_months"`
	Pension            *pension            `yaml:"pension"`
	PensionBase        *pensionBase        `yaml:"pension_base"`
	Transition         *transition         `yaml:"transition"`
	Primary            *primary            `yaml:"primary_insurance"`
	UnemploymentTerm   *unemploymentTerm   `yaml:"unemployment_term"`
	UnemploymentAmount *unemploymentAmount `yaml:"unemployment_amount"`
	Injury             *injury             `yaml:"injury"`
	InjuryRates        *injuryRates        `yaml:"injury_rates"`
	Maternity          *maternity          `yaml:"maternity"`
	Outpatient         *outpatient         `yaml:"outpatient"`
	MedicalWaiting     *medicalWaiting     `yaml:"medical_waiting"`
	Transfer           *transfer           `yaml:"transfer"`
}

func (s *sections) all() []section {
	return slices.Concat(
		held(s.WageBase), held(s.Contributions), held(s.Flexible), held(s.Undeclared), held(s.LateFee),
		held(s.Retirement), held(s.Minimum), held(s.Payout), held(s.Pension), held(s.PensionBase), held(s.Transition), held(s.Primary),
		held(s.UnemploymentTerm), held(s.UnemploymentAmount), held(s.Injury), held(s.InjuryRates), held(s.Maternity),
		held(s.Outpatient), held(s.MedicalWaiting), held(s.Transfer),
	)
}

// section is what every kind of section can do: name its source and check its own numbers.
type section interface {
	source() Source
	check() error
}

func (s Source) source() Source { return s }

func held[S any, P interface {
	*S
	section
}](s P) []section {
	if s == nil {
		return nil
	}
	return []section{s}
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
	if err := decode(bytes.NewReader(text), &file); err != nil {
		return nil, err
	}
	p := &Pack{
		Region: file.Region, From: file.From, To: file.To, Title: file.Title,
		ID:       fmt.Sprintf("%s@%s#sha256:%x", file.Region, file.From, sha256.Sum256(text)),
		Text:     string(text),
		sections: file.Sections,
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if file.Sections.Pension != nil {
		file.Sections.Pension.growth = newGrowth(file.Sections.Pension.Interest)
	}
	return p, nil
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
