package rules

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Register knows which article of which law provides what. It never changes after it was read.
type Register struct {
	sources []source
}

// An Article is one article of a law, one item of it, or a notice as a whole.
type Article struct {
	Law      string
	At       string // such as 73 or 89(3); empty: the whole source
	From, To Date   // first day in force, first day no longer in force (zero: still in force)
	Topics   []string
	Provides string // in our own words
}

// String is the citation, such as 社会保险法 89(3).
func (a *Article) String() string { return strings.TrimSpace(a.Law + " " + a.At) }

// InForce says whether the article is in force on a day; the zero day asks for none.
func (a *Article) InForce(day Date) bool {
	return day == 0 || a.From <= day && (a.To == 0 || day < a.To)
}

type source struct {
	names    []string // the law's, then what else it is called
	articles []Article
}

// Articles is the register that comes with the program.
func Articles() (*Register, error) {
	f, err := embedded.Open("articles.yaml")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadRegister(f)
}

// ReadRegister reads a register in YAML; see articles.yaml for its shape.
func ReadRegister(r io.Reader) (*Register, error) {
	var file []struct {
		Law      string   `yaml:"law"`
		Also     []string `yaml:"also"`
		From     Date     `yaml:"from"`
		To       Date     `yaml:"to"`
		Topics   []string `yaml:"topics"`
		Provides string   `yaml:"provides"`
		Articles []struct {
			At       string   `yaml:"at"`
			To       Date     `yaml:"to"`
			Topics   []string `yaml:"topics"`
			Provides string   `yaml:"provides"`
		} `yaml:"articles"`
	}
	if err := decode(r, &file); err != nil {
		return nil, fmt.Errorf("register of articles: %w", err)
	}
	reg := new(Register)
	seen := make(map[string]bool)
	for _, l := range file {
		s := source{names: append([]string{l.Law}, l.Also...)}
		if len(l.Articles) == 0 {
			s.articles = []Article{{l.Law, "", l.From, l.To, l.Topics, l.Provides}}
		}
		for _, a := range l.Articles {
			to := l.To
			if a.To != 0 {
				to = a.To
			}
			s.articles = append(s.articles, Article{l.Law, a.At, l.From, to, a.Topics, a.Provides})
		}
		for _, a := range s.articles {
			if a.Law == "" || a.From == 0 || len(a.Topics) == 0 || a.Provides == "" || seen[a.String()] || len(l.Articles) > 0 && a.At == "" {
				return nil, fmt.Errorf("register of articles: %q from %q: want a law, a first day, topics and what it provides, each article once", a.String(), a.From)
			}
			seen[a.String()] = true
		}
		reg.sources = append(reg.sources, s)
	}
	return reg, nil
}

// Topics are all topics of the register, sorted.
func (r *Register) Topics() []string {
	var topics []string
	for a := range r.all {
		topics = append(topics, a.Topics...)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

func (r *Register) all(yield func(*Article) bool) {
	for i := range r.sources {
		for j := range r.sources[i].articles {
			if !yield(&r.sources[i].articles[j]) {
				return
			}
		}
	}
}

// named is the source that the text names, and the text without the name. Of two names that fit the longer is meant.
func (r *Register) named(text string) (found *source, rest string) {
	var name string
	for i := range r.sources {
		for _, n := range r.sources[i].names {
			if len(n) > len(name) && strings.Contains(text, n) {
				found, name = &r.sources[i], n
			}
		}
	}
	return found, strings.Replace(text, name, "", 1)
}
