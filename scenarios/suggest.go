package scenarios

import (
	"fmt"
	"strings"
)

// A wanted completes a fault with the known word nearest to the one found, or with all of them when none is near. It looks
// for it when the fault is written, for looking takes long where thousands are known.
type wanted struct {
	word  string
	known []string
}

func (w wanted) String() string {
	best, least := "", 1+len(w.word)/3
	for _, k := range w.known {
		if d := distance(w.word, k); d <= least && (best == "" || d < least) {
			best, least = k, d
		}
	}
	if best == "" {
		return "want one of " + strings.Join(w.known, ", ")
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
