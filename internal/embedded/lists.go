package embedded

import (
	"encoding/base64"
	"encoding/json"
	"net/url"

	"github.com/azurebackup/terraform-provider-backup/internal/catalog"
	"github.com/azurebackup/terraform-provider-backup/internal/store"
)

// listVaults serves the vaults of a subscription or of one resource group, by name.
func (s *Service) listVaults(c *call) (*answer, error) {
	after, err := c.position()
	if err != nil {
		return nil, err
	}
	q := store.Query{
		Type:          catalog.VaultType,
		Subscription:  c.params["subscription"],
		ResourceGroup: c.params["group"],
		After:         after,
		Limit:         s.config.PageSize + 1, // one more tells whether there is a next page
	}
	var docs []*store.Document
	err = s.view(c, func(tx *store.Tx) (err error) {
		if c.params["group"] != "" {
			if err := s.requireGroup(tx, c); err != nil {
				return err
			}
		}
		docs, err = tx.Documents(q)
		return err
	})
	if err != nil {
		return nil, err
	}

	p := page{Value: []any{}}
	if len(docs) > s.config.PageSize {
		docs = docs[:s.config.PageSize]
		last := docs[len(docs)-1]
		p.NextLink = c.nextLink(store.Position{Name: last.Name, ID: last.ID})
	}
	for _, d := range docs {
		body, err := render(c, d, stateOf(d, c.now))
		if err != nil {
			return nil, err
		}
		p.Value = append(p.Value, body)
	}
	return answerOK(p), nil
}

// nextLink leads to the page behind a position. It names the last entry and no number, so that no entry is skipped or
// repeated when others come and go between two pages.
func (c *call) nextLink(after store.Position) string {
	// Two strings marshal always.
	token, _ := json.Marshal(after)
	query := url.Values{
		"api-version": {c.apiVersion},
		"$skipToken":  {base64.RawURLEncoding.EncodeToString(token)},
	}
	for _, name := range []string{"$filter", "$expand", "$top"} {
		if value := queryValue(queryOf(c.request.URL), name); value != "" {
			query.Set(name, value)
		}
	}
	return c.origin() + c.request.URL.EscapedPath() + "?" + query.Encode()
}

func (c *call) position() (store.Position, error) {
	var after store.Position
	token := queryValue(queryOf(c.request.URL), "$skipToken")
	if token == "" {
		return after, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err == nil {
		err = json.Unmarshal(b, &after)
	}
	if err != nil || after == (store.Position{}) {
		return after, invalidSkipToken()
	}
	return after, nil
}

func invalidSkipToken() error {
	return &Fault{Code: codeInvalidSkipToken, Message: "The $skipToken is not one that this service gave out."}
}
