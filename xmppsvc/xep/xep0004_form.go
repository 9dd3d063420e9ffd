package xep

import "dovekie/xmppsvc/stanza"

// NSForm is XEP-0004.
const NSForm = "jabber:x:data"

// Form is a data form. A form's kind is Value("FORM_TYPE") if that field is hidden
// (XEP-0068).
type Form struct {
	Type         string // "form", "submit", "result" or "cancel"
	Title        string
	Instructions string
	Fields       []Field
}

// Field is one question of a form, or its answer.
type Field struct {
	Var, Type, Label string
	Required         bool
	Values           []string
}

// FormType is the form's kind, or "".
func (f Form) FormType() string {
	for _, field := range f.Fields {
		// XEP-0115 §5.4 3.6: a FORM_TYPE that is not hidden is none; in an answer the
		// type may be left out (XEP-0004 §3.2).
		if field.Var == "FORM_TYPE" && len(field.Values) > 0 &&
			(field.Type == "hidden" || field.Type == "" && f.Type == "submit") {
			return field.Values[0]
		}
	}
	return ""
}

// Value is the field's first value, or "".
func (f Form) Value(name string) string {
	for _, field := range f.Fields {
		if field.Var == name && len(field.Values) > 0 {
			return field.Values[0]
		}
	}
	return ""
}

// Element builds the form.
func (f Form) Element() *stanza.Element {
	x := stanza.New(NSForm, "x").With("type", f.Type)
	if f.Title != "" {
		x.Add(stanza.NewText(NSForm, "title", f.Title))
	}
	if f.Instructions != "" {
		x.Add(stanza.NewText(NSForm, "instructions", f.Instructions))
	}
	for _, field := range f.Fields {
		el := stanza.New(NSForm, "field").With("var", field.Var).With("type", field.Type).With("label", field.Label)
		if field.Required {
			el.Add(stanza.New(NSForm, "required"))
		}
		for _, v := range field.Values {
			el.Add(stanza.NewText(NSForm, "value", v))
		}
		x.Add(el)
	}
	return x
}

// FormOf is the first form among the children of parent.
func FormOf(parent *stanza.Element) (Form, bool) {
	return readForm(parent.Child(NSForm, "x"))
}

func readForm(x *stanza.Element) (Form, bool) {
	if !x.Is(NSForm, "x") {
		return Form{}, false
	}
	f := Form{
		Type:         x.Get("type"),
		Title:        clip(x.ChildText(NSForm, "title"), maxText),
		Instructions: clip(x.ChildText(NSForm, "instructions"), maxText),
	}
	for _, el := range x.Children() {
		if !el.Is(NSForm, "field") {
			continue
		}
		field := Field{
			Var: el.Get("var"), Type: el.Get("type"), Label: el.Get("label"),
			Required: el.Child(NSForm, "required") != nil,
		}
		for _, v := range el.Children() {
			if v.Is(NSForm, "value") {
				field.Values = append(field.Values, v.Text())
			}
		}
		f.Fields = append(f.Fields, field)
	}
	return f, true
}
