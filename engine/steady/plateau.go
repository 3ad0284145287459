package steady

import (
	"time"

	"github.com/peakday/peakday/scenarios/profile"
)

// Windows are the numbers, from and before to, of the windows of a length that lie wholly inside a plateau; window n is
// [n, n+1) × length from the start of the run.
func Windows(p profile.Plateau, length time.Duration) (from, to int) {
	from = int((p.From + length - 1) / length)
	return from, max(from, int(p.To/length))
}
