// Package suggest completes the fault of a word that is not known with the known one that was probably meant.
//
//	fmt.Printf("found an unknown key, %s", suggest.Of("seeed", []string{"name", "seed"})) // …, did you mean "seed"?
package suggest

import (
	"fmt"
	"strings"
)

// A Suggestion looks for the word when it is written, for looking takes long where thousands are known.
type Suggestion struct {
	found string
	known []string
}

// Of is what to say of a word that is none of the known ones.
func Of(found string, known []string) Suggestion { return Suggestion{found, known} }

// String is the known word nearest to the one found, or all of them when none is near. Near is not more letters away than one
// and a third of those found.
func (s Suggestion) String() string {
	best, least := "", 1+len(s.found)/3
	for _, k := range s.known {
		if d := distance(s.found, k); d <= least && (best == "" || d < least) {
			best, least = k, d
		}
	}
	if best == "" {
		return "want one of " + strings.Join(s.known, ", ")
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// distance counts the letters to insert, delete or replace to turn a into b (Levenshtein 1965).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
