package rawhttp

import (
	"errors"
	"net/url"
	"testing"

	"github.com/peakday/peakday/engine/driver"
)

func TestSupports(t *testing.T) {
	const plain = "http://127.0.0.1:8080/base"
	proxy := &url.URL{Scheme: "http", Host: "127.0.0.1:3128"}
	for _, test := range []struct {
		name        string
		options     driver.Options
		unsupported bool
	}{
		{"https", driver.Options{Target: "https://127.0.0.1"}, true},
		{"HTTP/2", driver.Options{Target: plain, HTTP2: true}, true},
		{"a proxy", driver.Options{Target: plain, Proxy: proxy}, true},
		{"redirects", driver.Options{Target: plain, Redirects: 3}, true},
		{"no target", driver.Options{}, false},
		{"a target without scheme", driver.Options{Target: "127.0.0.1:80"}, false},
		{"another scheme", driver.Options{Target: "ftp://127.0.0.1"}, false},
		{"no host", driver.Options{Target: "http://"}, false},
		{"no URL", driver.Options{Target: "://"}, false},
		{"port 0", driver.Options{Target: "http://127.0.0.1:0"}, false},
		{"connecting to no port", driver.Options{Target: plain, ConnectTo: map[string]string{"127.0.0.1:8080": "127.0.0.1"}}, false},
	} {
		err := Supports(test.options)
		if err == nil || errors.Is(err, ErrUnsupported) != test.unsupported {
			t.Errorf("%s: %v; want an error, ErrUnsupported %v", test.name, err, test.unsupported)
		}
		if _, opened := (Driver{test.options}).Open(); opened == nil {
			t.Errorf("%s: opened", test.name)
		}
	}
}
