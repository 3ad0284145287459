package agency

import (
	"fmt"
	"strings"
	"testing"
)

// FuzzParseReceipt reads lines of a bank's file: what is read can be written and is read the same again.
func FuzzParseReceipt(f *testing.F) {
	for _, line := range []string{
		"17,EN-52/202301,312345,paid", "18,EN-53/202301,298000,returned,account closed, twice", "", ",,,", "1,EN-1/202301,0,paid",
		"-1,EN-1/202301,5,paid", "1,EN-1/202301,5,returned", "1,EN-1/202301,5,paid,why", "1,EN-1/202301,99999999999999999999,paid",
		"1,EN-1/202301,5,returned,\xb5\xc4", "1,EN-1/202301,5,returned,\x00",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		r, err := parseReceipt(line)
		if err != nil {
			if !strings.Contains(err.Error(), "want ") {
				t.Errorf("%q: %v does not say what was wanted", line, err)
			}
			return
		}
		text := fmt.Sprintf("%d,%s,%d,returned,%s", r.n, r.ref, r.amount, r.reason)
		if r.paid {
			text = fmt.Sprintf("%d,%s,%d,paid", r.n, r.ref, r.amount)
		}
		if again, err := parseReceipt(text); err != nil || again != r || r.n < 0 || r.amount <= 0 {
			t.Errorf("%q is %+v, written %q and read again %+v %v", line, r, text, again, err)
		}
	})
}
