package invariant

import "fmt"

// A Finding is the verdict of one named checker.
type Finding struct {
	Name    string `json:"name"`    // "I1", "I2", …, "claims", "chain"; stable
	Claim   string `json:"claim"`   // what was checked, as a sentence
	OK      bool   `json:"ok"`      // whether it holds for every record
	Checked int    `json:"checked"` // records looked at
	Broken  int    `json:"broken"`  // records that break it
	First   string `json:"first,omitempty"`
	Note    string `json:"note,omitempty"` // what could not be looked at, and why
}

// String is the finding in a line: "I1 holds: every transaction sums to zero in each fund (1234 checked)".
func (f Finding) String() string {
	note := ""
	if f.Note != "" {
		note = "; " + f.Note
	}
	if f.OK {
		return fmt.Sprintf("%s holds: %s (%d checked%s)", f.Name, f.Claim, f.Checked, note)
	}
	return fmt.Sprintf("%s is broken: %s (%d of %d%s; the first: %s)", f.Name, f.Claim, f.Broken, f.Checked, note, f.First)
}

func (f *Finding) violate(format string, args ...any) {
	if f.Broken++; f.First == "" {
		f.First = fmt.Sprintf(format, args...)
	}
}
