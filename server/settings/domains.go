package settings

import (
	"fmt"
	"slices"
	"strconv"

	"iocwall/server/strict"
	"iocwall/server/world"
)

// DomainConfig is one of the fields that leaders look at. Their order is that of
// the list; without a list the pages show the ten of a provincial centre.
type DomainConfig struct {
	ID      string `yaml:"id"`
	Name    string `yaml:"name"`
	NameEn  string `yaml:"name_en"`
	Short   string `yaml:"short"`
	ShortEn string `yaml:"short_en"`
	// Figure is the indicator that stands for the domain; empty takes the first of
	// the domain's own.
	Figure string `yaml:"figure"`
	// Rules are those whose alerts belong here.
	Rules []string `yaml:"rules"`
	// Layers are those of the map that is shown with it; empty shows no map.
	Layers []string `yaml:"layers"`
}

// maxDomains is how many a page can show so that they are read from eight metres.
const maxDomains = 12

func (k *checker) domains() {
	seen, of := map[string]int{}, map[string]string{}
	var ids, figures []string
	for _, f := range k.config.Figures {
		figures = append(figures, f.ID)
	}
	if n := len(k.config.Domains); n > maxDomains {
		k.fail("domains", fmt.Sprintf("%d domains, at most %d can be read from afar", n, maxDomains), "put some of them together")
	}
	for i, d := range k.config.Domains {
		path := k.id("domains", i, d.ID, seen)
		k.name(path, d.Name)
		ids = append(ids, d.ID)
		if d.Figure != "" && !slices.Contains(figures, d.Figure) {
			k.fail(path+".figure", fmt.Sprintf("no figure %q", d.Figure), strict.Nearest(d.Figure, figures))
		}
		for _, rule := range d.Rules {
			if first, there := of[rule]; there {
				k.fail(path+".rules", fmt.Sprintf("the alerts of rule %q have a domain", rule), first+" has them already")
			}
			of[rule] = d.ID
		}
	}
	for i, f := range k.config.Figures {
		if f.Domain != "" && len(ids) > 0 && !slices.Contains(ids, f.Domain) {
			k.fail("figures["+strconv.Itoa(i)+"].domain", fmt.Sprintf("no domain %q", f.Domain), strict.Nearest(f.Domain, ids))
		}
	}
}

func (d *definer) domains(c *Config) {
	known := map[string]world.DomainDefined{}
	for _, x := range d.state.Domains() {
		known[x.ID] = x.DomainDefined
	}
	for i, x := range c.Domains {
		d.put(known[x.ID], world.DomainDefined{
			ID: x.ID, Name: x.Name, NameEn: x.NameEn, Short: x.Short, ShortEn: x.ShortEn,
			Order: i + 1, Figure: x.Figure, Rules: x.Rules, Layers: x.Layers,
		})
		delete(known, x.ID)
	}
	for _, x := range d.state.Domains() {
		if _, left := known[x.ID]; left {
			d.gone(x.Ref())
		}
	}
}
