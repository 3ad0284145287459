package scenarios

import "slices"

// Renormalise leaves out of a mix the operations that the service does not know. Shares are relative, so the kept ones
// stay as they are and their proportions hold; keptShare, from 0 to 1, is what they had of the whole mix.
func Renormalise(mix []Weight, known []string) (kept []Weight, missing []string, keptShare float64) {
	all, sum := 0.0, 0.0
	for _, w := range mix {
		all += w.Share
		if slices.Contains(known, w.Op) {
			kept = append(kept, w)
			sum += w.Share
		} else {
			missing = append(missing, w.Op)
		}
	}
	if all > 0 {
		keptShare = sum / all
	}
	return kept, missing, keptShare
}
