package gateway

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/peakday/peakday/sut/admission"
)

// While requests are refused the log has one line a second, however many, and
// the last does not wait for another request.
func TestTheLogHasOneLineASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		g := newGuard(t, Config{Log: log.logger()})
		refuse := func(mode int) {
			g.metrics.decisions[mode][admission.P2][admission.AboveThreshold].Add(1)
			g.shedding.refused(g)
		}
		for range 5 * 334 {
			refuse(inEarnest)
			time.Sleep(3 * time.Millisecond) // no multiple of it is a second: nothing happens at the instant of a line
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(log.text) != 5 || !strings.Contains(log.text[1], "msg=shedding refused.level=334") {
			t.Fatalf("got %d lines, the second %q, want one a second with what was refused in it", len(log.text), log.text)
		}
		time.Sleep(time.Minute)
		refuse(toLook)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(log.text) != 6 || !strings.Contains(log.text[5], "dry run: would be shedding\" refused.level=1") {
			t.Fatalf("got %q, want a line for the one that a dry run would have refused, a second after it", log.text[5:])
		}
		refuse(inEarnest)
		g.Close()
		if len(log.text) != 7 {
			t.Errorf("got %d lines, want the last written at the end", len(log.text))
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(log.text) != 7 {
			t.Errorf("got %q, want no line after that", log.text[7:])
		}
	})
}
