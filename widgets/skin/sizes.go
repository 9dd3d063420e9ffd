package skin

// Unit is the step of the grid; distances are multiples of it.
const Unit float32 = 4

// Sizes of type. Nothing is set smaller than TextStamp.
const (
	TextWordmark    float32 = 24   // bold
	TextWordmarkHan float32 = 18   // the Chinese half of the wordmark
	TextOwnName     float32 = 17   // bold
	TextTitle       float32 = 16   // bold: name in the chat head, title of an empty state
	TextLoginButton float32 = 15   // bold
	TextBody        float32 = 14   // names, messages, tabs, fields
	TextMinor       float32 = 13   // search, group names, chat tabs, links on login
	TextNote        float32 = 12   // signature, last line, pills, quotes, notes, room names
	TextListTime    float32 = 11.5 // time in lists
	TextStamp       float32 = 11   // time and state in bubbles, badge figures (bold)
)

// Distances between the baselines of two lines of one text.
const (
	PitchBody float32 = 22
	PitchNote float32 = 18
)

// The left panel.
const (
	PanelWidth    float32 = 304
	HeaderHeight  float32 = 96
	OwnAvatar     float32 = 52
	OwnAvatarLeft float32 = 16
	ChipHeight    float32 = 22
	SearchHeight  float32 = 36
	SearchTop     float32 = 12 // below the header
	SearchSide    float32 = 16
	PanelTabs     float32 = 42
	TabBarWidth   float32 = 28
	TabBarHeight  float32 = 3
	GroupRow      float32 = 32
	GroupGap      float32 = 4 // above a group that follows open rows
	ContactRow    float32 = 56
	RowAvatar     float32 = 40
	RowAvatarLeft float32 = 20
	RowTextLeft   float32 = 72
	RowLine1      float32 = 18 // centre of the first line
	RowLine2      float32 = 38 // centre of the second line
	RowInset      float32 = 8  // of the selected ground
	RowBarWidth   float32 = 3
	RowBarHeight  float32 = 24
	PanelFoot     float32 = 44
)

// The chat side.
const (
	ChatTabStrip  float32 = 42
	ChatTabWidth  float32 = 176
	ChatTabHeight float32 = 36
	ChatTabAvatar float32 = 22
	ChatHead      float32 = 56
	ChatAvatar    float32 = 36
	ChatAvatarX   float32 = 20
	BubbleInX     float32 = 66 // left edge of received bubbles
	BubbleOutX    float32 = 24 // right margin of sent bubbles
	BubbleMax     float32 = 0.60
	BubblePadX    float32 = 12
	BubblePadY    float32 = 8
	BubbleGap     float32 = 8
	SpeakerGap    float32 = 12 // where the speaker changes
	StampGap      float32 = 10 // least distance between the last word and the time
	PillHeight    float32 = 22
	ComposerTools float32 = 44
	ComposerField float32 = 38 // one line; each further line adds PitchBody
	ComposerLines         = 6
	SendWidth     float32 = 60
	SendHeight    float32 = 38
)

// The login window.
const (
	LoginWidth        float32 = 400
	LoginHeight       float32 = 604
	LoginBanner       float32 = 216
	LoginMoon         float32 = 132
	LoginField        float32 = 44
	LoginGap          float32 = 12
	LoginSide         float32 = 40
	LoginButtonWidth  float32 = 154
	LoginButtonHeight float32 = 46
)

// Corners.
const (
	RadiusField   float32 = 10
	RadiusRow     float32 = 10
	RadiusTab     float32 = 10
	RadiusBubble  float32 = 14
	RadiusSpeaker float32 = 4 // the corner of a bubble at its speaker
	RadiusQuote   float32 = 6
	RadiusBadge   float32 = 9
)

// Small parts.
const (
	BadgeHeight  float32 = 18 // also the least width
	PresenceDot  float32 = 12
	PresenceRing float32 = 16 // the dot with its ring of two
	EdgeWidth    float32 = 1
	FocusWidth   float32 = 2
	CaretWidth   float32 = 2
	HitArea      float32 = 32 // least side of what can be clicked
	IconStroke   float32 = 1.74
	IconBar      float32 = 20
	IconSearch   float32 = 18 // also ticks and the unreadable bubble
	IconRow      float32 = 16
	IconChip     float32 = 14
	IconFile     float32 = 24
)

// The window as it opens first.
const (
	WindowWidth float32 = 1120
)
