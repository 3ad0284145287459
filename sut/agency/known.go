package agency

import (
	"strings"
	"sync"

	"github.com/peakday/peakday/sut/rules"
)

// known is what the use cases would otherwise find out again for every request. The zero value is ready.
type known struct {
	contributors kept[monthIn, *rules.Contributor]
	estimators   kept[monthIn, *rules.Estimator]
	splitters    kept[dayIn, *rules.Splitter]
	codes        kept[string, holder]

	once  sync.Once
	packs []searchable
}

// A monthIn is a month in a region, a dayIn a day.
type (
	monthIn struct {
		region string
		month  rules.Month
	}
	dayIn struct {
		region string
		day    rules.Date
	}
)

// kept remembers answers by their questions. Questions come from outside, so it forgets all when it holds mostKept.
type kept[K comparable, V any] struct {
	mu sync.RWMutex
	of map[K]V
}

const mostKept = 4096

func (k *kept[K, V]) find(key K) (V, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	v, found := k.of[key]
	return v, found
}

func (k *kept[K, V]) keep(key K, v V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.of) >= mostKept || k.of == nil {
		k.of = make(map[K]V)
	}
	k.of[key] = v
}

func (a *Agency) contributor(region string, m rules.Month) (*rules.Contributor, error) {
	key := monthIn{region, m}
	if c, found := a.known.contributors.find(key); found {
		return c, nil
	}
	c, err := a.Rules.Contributor(region, m)
	if err != nil {
		return nil, ruled(err)
	}
	a.known.contributors.keep(key, c)
	return c, nil
}

func (a *Agency) estimator(region string, asOf rules.Month) (*rules.Estimator, error) {
	key := monthIn{region, asOf}
	if e, found := a.known.estimators.find(key); found {
		return e, nil
	}
	e, err := a.Rules.Estimator(region, asOf)
	if err != nil {
		return nil, ruled(err)
	}
	a.known.estimators.keep(key, e)
	return e, nil
}

func (a *Agency) splitter(region string, day rules.Date) (*rules.Splitter, error) {
	key := dayIn{region, day}
	if s, found := a.known.splitters.find(key); found {
		return s, nil
	}
	s, err := a.Rules.Splitter(region, day)
	if err != nil {
		return nil, ruled(err)
	}
	a.known.splitters.keep(key, s)
	return s, nil
}

// searchable are the policy packs, each with its text in small letters.
func (a *Agency) searchable() []searchable {
	a.known.once.Do(func() {
		for _, p := range a.Rules.Packs() {
			a.known.packs = append(a.known.packs, searchable{p, strings.ToLower(p.Text)})
		}
	})
	return a.known.packs
}

// A searchable is a policy pack and its text in small letters.
type searchable struct {
	*rules.Pack
	text string
}
