package past

// nora reads.
const nora = `
@ 96 17:22
< Is this seat talk still open? You said you would tell me about the lighthouse book
> It is. Short version: a keeper, a storm, and a very patient cat
< Sold
< Title?
> “The Lamp Room”. I can lend you mine
< Do you write in your books?
> Pencil only
< Then yes please

@ 83 08:41
< Missed my stop. Chapter nine
> The storm?
< The cat
> I told you the cat was patient

@ 83 08:55
< Now I am in a town I have never heard of. It has a bakery though
> Then it is not all lost
< Walking back along the canal, it is lovely out here

@ 57 21:10
< Finished. I have questions
> Ask
< Did he know from the beginning?
> I think he knew and did not look
< That is worse
> It is
< I need something cheerful next
> https://books.example/the-tea-inspector
< A tea inspector?
> He inspects tea. It is very calm. Nothing burns down
< Perfect

@ 29 19:36
> Reading group on the 14th, are you in?
< In. Who brings what?
> Ben brings the kettle, he says ours is not serious
< He is right about kettles 🙂

@ 8 07:58
< Two hundred pages in two days, this one should carry a warning
> For the train?
< For the train, for dinner, for the dog who would like to go out
> Poor dog
< He is fine, he got the crusts

@ 3 22:05
< Almost done. Do not write me anything about the ending
> I would never
< You are typing and I am nervous
> Good night, Nora 📖
`

// yihe is always on the way somewhere.
const yihe = `
@ 104 13:50
> 小满的烤箱下火不热了，你会看吗
< 大概率是线松了
< 晚上七点我过去，叫她先把电源拔了
> 她问要准备什么
< 有吃的就行

@ 103 00:12
< 到家了，手机刚充上电
< 那个葱花的，绝了
> 听说你吃了六个
< 是七个，有一个没被看见

@ 62 18:40
> 周末打球吗
< 来，几点

@ 62 20:05
< 刚才在地下三层，一格信号都没有
> 三点，老场地
< 好

@ 21 09:15
< 你上次说的那条新线，我坐了，真快
> 多久到？
< 四十分钟，以前要一个半小时
> 那以后别再说在路上了
< 在路上是一种状态 😌

@ 5 23:20
> 吐司机借我用两天？
< 行，它有点脾气，按下去要说句好话
> 什么好话
< 随便，夸它就行
`

// ben keeps the builds green and the kettle hot.
const ben = `
@ 71 10:02
< Build is red, is that yours or mine?
> Mine, sorry in advance
< Which part?
> A test that only fails on the second run
< Ah, one of those
> It passes when I look at it
< Then keep looking

@ 71 11:48
> Found it. Two files with the same name in the temp folder
< Classic
< Green again 💚 tea?
> Tea

@ 58 16:30
< Can you read this before I send it? https://wiki.example/notes/release-steps
> Step 4 and step 6 are the same step
< Step 6 is step 4 with feeling
> Then it is perfect

@ 44 09:21
> Does the small meeting room still have a screen?
< It has a screen. It does not have a cable
> Do you have a cable?
< I have eleven cables
< Which end?
> Both ends, ideally

@ 36 17:55
< How do I know when the dough is done?
> You ask Xiaoman that
< I did. She said “when it stops being annoyed with you”
> That is the whole secret, I am afraid

@ 19 14:10
< Deploy at four, anything you want in?
> The fix for the empty page, it is merged
< Seen it. Small and clean
> High praise
< Do not get used to it

@ 19 16:22
< Done. Nothing on fire
> Checking… looks right here
< Logs quiet, graphs boring, kettle on

@ 2 11:37
< I will be in the build room most of this week, door closed
> Knock or write?
< Write. Knocking makes the tests nervous
> Understood
< Lunch when it is green
`

// zhixia draws another version.
const zhixia = `
@ 98 15:12
< 第三版发你邮箱了
> 看到了，蓝色这版舒服
< 我也觉得，但左边那条线不对
> 哪条？
< 你看不出来就好

@ 40 11:02
< 面包谢谢，第五版是吃着葱花画的
> 看得出来，边上有颗芝麻
< 那是设计 😎

@ 15 22:48
< 小鸟画好了，六版里挑一个
> 第四只，头歪一点的那只
< 我也最喜欢它
> 那就它
< 可是第七版会更好
> 先上线 🐦

@ 1 18:20
> 下周的图不急，你早点回
< 好，再改一笔就走
> 你昨天也说一笔
< 昨天那一笔比较长
`
