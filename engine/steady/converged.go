package steady

import "github.com/peakday/peakday/engine/hist"

// Converged reports whether the windows of a plateau so far, without their warm-up, tell the q-quantile to ± width, a share of
// it such as 0.1, with a confidence of 95 %: all of them, and the first half of them by itself. It is false while the plateau
// has not come to rest.
//
// The half is asked because who stops at the first narrow interval picks a moment at which it is narrow by chance, and in a
// queue that is one at which the quantile is too low. doc.go has the figures. Look seldom: each time the plateau is longer
// by a tenth is enough.
func Converged(windows []*hist.Histogram, q, width float64) bool {
	return narrow(windows[:len(windows)/2], q, width) && narrow(windows, q, width)
}

func narrow(windows []*hist.Histogram, q, width float64) bool {
	rest, ok := Settled(windows)
	if !ok {
		return false
	}
	i, err := QuantileInterval(rest, q, 0.95)
	return err == nil && i.Width() <= width
}
