package provider

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// plannedOnce finds a name that a configuration gives to two new objects. Terraform plans an object once in a provider
// run, but `terraform test` makes several plans in one (seen with 1.14). Each of those follows a validation of the whole
// configuration, and every plan of an object one of its own: an object that is planned again was validated twice in
// between, a second object of the same name once. The zero value is empty.
type plannedOnce struct {
	mu      sync.Mutex
	planned map[string]sincePlanned
	unnamed int // validations of objects whose names were not known
}

// sincePlanned counts validations since an object was planned.
type sincePlanned struct {
	named     int
	unnamedAt int // what unnamed was then
}

// validate notes that an object is validated. Its key is empty when its name is not known, which may then be any.
func (p *plannedOnce) validate(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if key == "" {
		p.unnamed++
	} else if since, ok := p.planned[key]; ok {
		since.named++
		p.planned[key] = since
	}
}

// plan notes that a new object is planned; it is false when this plan has another of that name.
func (p *plannedOnce) plan(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	again := p.inThisPlan(key)
	if p.planned == nil {
		p.planned = map[string]sincePlanned{}
	}
	p.planned[key] = sincePlanned{unnamedAt: p.unnamed}
	return !again
}

// plans tells whether this plan has a new object of that name.
func (p *plannedOnce) plans(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.inThisPlan(key)
}

func (p *plannedOnce) inThisPlan(key string) bool {
	since, ok := p.planned[key]
	return ok && since.named+p.unnamed-since.unnamedAt <= 1
}

// knownText is an attribute of type string; null is empty, and known is false for a value that is not known yet.
func knownText(object tftypes.Value, name string) (text string, known bool) {
	v, ok := valueAt(object, tftypes.NewAttributePath().WithAttributeName(name))
	if !ok || !v.IsKnown() {
		return "", false
	}
	if v.IsNull() {
		return "", true
	}
	return text, v.As(&text) == nil
}
