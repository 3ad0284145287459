package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/store"
)

// updatePerson changes a person. If-Match says which version of the person the caller has seen: the ETag of the last
// update, or "7" where account.get gives version 7.
func (a *API) updatePerson(x *exchange) error {
	version, err := ifMatch(x.r.Header.Get("If-Match"))
	if err != nil {
		return err
	}
	var patch agency.Patch
	body, err := x.readInto(&patch)
	if err != nil {
		return err
	}
	err = a.mutate(x, body, func(c agency.Call) (store.Answer, bool, error) {
		answer, replayed, err := a.agency.UpdatePerson(x.r.Context(), c, x.id, version, patch)
		if err == nil {
			x.w.Header().Set("ETag", etag(answer.Body))
		}
		return answer, replayed, err
	})
	if refusal, ok := errors.AsType[*agency.Refusal](err); ok && refusal.Code == "stale-version" {
		return problem(http.StatusPreconditionFailed, refusal.Code, refusal.Detail)
	}
	return err
}

// ifMatch reads one entity tag that is a version; none, or *, is any.
func ifMatch(text string) (version int64, err error) {
	if text == "" || text == "*" {
		return agency.AnyVersion, nil
	}
	number, quoted := unquote(text)
	if version, err = strconv.ParseInt(number, 10, 64); !quoted || err != nil || version < 0 || strings.HasPrefix(number, "+") {
		return 0, problem(http.StatusBadRequest, "bad-if-match", `If-Match: want one version in quotes, such as "7"`)
	}
	return version, nil
}

// etag is the entity tag of the version in an answer.
func etag(answer []byte) string {
	var seen struct {
		Version int64 `json:"version"`
	}
	json.Unmarshal(answer, &seen) // an answer of our own
	return `"` + strconv.FormatInt(seen.Version, 10) + `"`
}
