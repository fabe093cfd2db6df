/**
 * The words that people say to point at what waits: friendly, easy to say and to spell, and at least three letters
 * apart, so that one wrong letter never makes one of another.
 */
export const words: readonly string[] = `
  acorn acoustic acrobat admire aerobics affable agate airport airship album alcove alliance allspice almanac almond
  alpaca alphabet alpine amazing amber ample anchor angora animal antelope antenna anthem antique anvil appetite
  applaud apricot apron aquarium aquatic arcade archway aroma arrange artful artisan ascot aspen asteroid astonish
  athlete atlas auburn avenue aviator avocado awesome azalea azure backpack backyard badger bakery balcony ballad
  balloon ballpark bamboo banana banister banjo banquet barista baritone barley barnacle baseball basil basket
  bathrobe baton bazaar beach beechnut beeline beeswax beetroot begonia belfry bicycle biplane birdbath birdcage
  birdsong birthday biscotti bistro blazer bliss blossom bluebell bluebird bluejay bobbin bobcat bobsled bonfire
  bonnet bonus bookcase bookend bookmark bookshop bookworm bounty bracelet bramble breeze bridge bright brioche
  broccoli bronco brook brownie bubble buckeye buffalo buffet buggy builder bulldog bulrush bunting burrito bushel
  butter buttons cabbage cabin caboose cactus calendar calico camera campfire canary candle canvas canyon caramel
  caravan cardinal carefree caribou carousel carriage carrot cartoon cashew cashmere casual catalog catbird catwalk
  cedar cello ceramic cereal chalk champion chapter charade charming cheerful cheese cheetah cherish cherry chestnut
  chicken chicory chimney chipmunk chive choir chowder chrome chuckle cinema cinnamon circle citrus clambake clarinet
  clever climber cloudy cobalt cobbler cocoa coconut coffee coleslaw collage comedy comfort compass concert condor
  confetti conifer cookie copper copycat cornmeal corridor cosmic costume cougar couplet courier courtesy
  cousin cowbell cowboy coyote crane crawfish creamery creative credit crescent crimson crispy crocus cruise crunchy
  crystal cubicle cucumber culture cupboard cupcake cupful cupola curious curly currant cursive curtain cushion
  custard cyclist daffodil dahlia daisy dancer darkroom dashing daybreak dazzle dazzling deckhand delicate delight
  delta deluxe derby dessert dewdrop diagram diamond diary diligent dinette dinosaur diorama diploma dollop dolphin
  domino donkey doodle doorbell doorknob doorway dormouse dovetail downhill downtown dozen drapes drawing dreamy dress
  dressing droplet drumbeat drummer duckweed dumpling durable dustpan dynamo eagle earring earshot earth eclipse
  ecology eggplant eggshell elbow elder electric elegant elevator embrace emerald enamel enchant enjoy espresso
  evening explore eyebrow fabric fabulous fairway fajita falafel fantasy farmer farmyard faucet feast feather fennel
  festival fiddle fiesta figurine finish firefly fireside firewood fitness flagpole flagship flake flamingo flapjack
  flexible flicker flour flourish fluffy flying flywheel folklore fondue football footnote footpath footstep footwear
  forest fortune fountain foxglove foxtrot fragrant freckle freehand fresco freshen friend frisbee frolic frosting
  frosty fudge galaxy gallery garage garden garland garlic garnish gateway gazebo gazelle gecko generous genius
  gentian gentle gerbil gherkin giant gifted giggle giraffe gizmo glacier gladiola gladly gladness glamour glance
  gleam gleeful glimpse glitter globe glowing glowworm goblet goldfish gondola goodwill gosling gourd gourmet graceful
  grandma granite gravy greenery greeting grill grocer groove grotto guest guitar gumbo gumdrop hallway hammock
  hamster handbag handbook handmade handrail handsome happy harmony harvest hayloft haystack hazel hazelnut headband
  healthy hedgehog helium helmet highland hiker hillside hilltop hobby holiday homemade homespun homework honeybee
  hopeful horizon hotcake house hubcap husky iceberg icing iguana imagine indigo infield inkling inkwell inlet inspire
  island ivory jackdaw jaguar jasmine jaunt jazzy jewel jigsaw jogger jolly journal jovial joyful joyride joystick
  jubilant jubilee juicy jukebox jumper jumpsuit jungle junior kangaroo kayak kazoo keepsake kestrel ketchup keyboard
  keyhole keyring keystone kimono kindly kindness kindred kiosk kitchen knapsack knitting koala kumquat ladybug lagoon
  lakeside lamppost landmark lantern latte laugh laughter laundry laurel lavender leaflet leafy lemon lemonade lentil
  leopard library lifeboat lilac linen listener lively lizard llama lobster locket logbook logic lollipop longboat
  longhorn lookout lounge lovable lovebird lucid luggage lullaby lunar luxury lyrical macaroni magazine magical magnet
  magnify magnolia magpie mahogany mailbox majestic mammoth mandolin mansion marathon marble marching marigold
  marinade martin marvel mayfly meadow meander meatball melody meteor midday midnight mighty mineral minnow mirror
  mitten mohair molasses mongoose monocle moonbeam moonlit moonrise morning muffin mulberry museum mushroom music
  musician muskrat mustang nachos napkin narrator nautilus nebula necklace nectar needle newcomer nightjar nimble
  notebook novel nugget nursery nutmeg nutshell oatmeal oblong ocean ocelot octagon octave octopus offbeat onion opera
  optimist orbit orchard oregano organic origami origin oriole ornament ostrich outdoors outfit ovation overalls
  overjoy overture oxygen paddock pageant palace palette pancake panda panorama paper paprika paragon parakeet parkway
  parsnip passport pasture patio peanut pearl pecan peerless pendant penguin peony pewter phoenix photon piccolo
  pickle picnic pigeon pigtail pillow pinafore pinball pinecone pinnacle pinto pinwheel pixel pizza plaid plateau
  playful playmate playpen playroom pleasant plume polar polenta pollen pomelo poncho pontoon popcorn popsicle
  porridge postbox postcard postman potato pottery poultry prairie precious pretty pretzel primrose primula prince
  pudding puffball pullover pumpkin puppetry purple pyramid quaint quartet queen quiche quilting quokka rabbit radiant
  radish ragtime railroad rainbow raincoat raindrop rainfall raisin rapid ravine recipe recorder redwood reindeer
  rejoice relax resonant ribbon ripple roadside roadster robot rocking rodeo rosebud rosemary rosewood royal rubies
  rudder ruffle saffron sailboat sailor salami salsa sandbox sandwich sapling sapphire sardine satchel savvy scallop
  scamper scarf scarlet scenery scenic scholar school scone scooter scuba seafood seagull seahorse seamless seashell
  seaside season seedling seltzer serenade sesame shampoo sheepdog shelf shepherd sherbet shimmer shindig shiny
  shipmate shoebox shrimp shrub shuttle sidecar sidewalk signal silken silvery sincere sister sketch skiff skillet
  skipper skylark skyline slalom sleeve sleigh slick sloth small smoothie snapshot snorkel snowball snowdrop snowman
  snowshoe snowy soccer solid solstice sombrero sonata songbird soybean spaniel sparkle sparrow spatula spinach
  spinner spiral splash splendid sporty spread sprig sprinkle sprout spruce squiggle squirrel stardust starfish
  stellar stingray stork streamer stripe stroll student studio stunning sturdy stylish subway suede sugary suitcase
  sumac summit sunbeam sundial sunlight sunrise sunroof sunset sunshine surfer sushi sweet sycamore symphony tadpole
  tailwind talent tamarind tandem tapestry tassel teacup teammate teamwork teapot teaspoon teatime teddy telegram
  tenfold tennis tenor terrace terrier texture thankful thermos thistle thrift thrush thyme tidal tiles tiptoe
  tomorrow toolbox toolkit topaz topcoat topiary tortoise toucan tourist tower tractor train tranquil travel treasure
  treat treefrog treetop trefoil trellis triangle tribute trolley trombone trophy tropical truck tugboat tulip tumbler
  tuneful twilight twinkle twirl umbrella unicorn unwind upbeat uplift upturn utensil vacation vanilla verse vineyard
  vintage violin vision vitamin vivid voyage walnut waltz watch wayside weaver weekday weekend welcome wheel whippet
  whisk wildlife wildwood windmill windsock wisdom wishbone wombat woodland woodpile woodwork wordplay workbook world
  writer yacht yearbook youth yummy zebra zephyr zeppelin zestful zesty zigzag zinnia zucchini
`
  .trim()
  .split(/\s+/)

/** Milliseconds that a word rests once its request waits no more: until then it means nothing else. */
export const restingTime = 3_600_000

/**
 * A free word, each with the same chance; undefined where all are taken.
 * @param isTaken what waits, runs or rests: never picked
 * @param random gives a number from 0 up to, but not including, 1
 */
export const pickWord = (isTaken: (word: string) => boolean, random: () => number): string | undefined => {
  const free = words.filter((word) => !isTaken(word))
  return free[Math.floor(random() * free.length)]
}

/** The one word of those that wait which is exactly one letter off from what was said. */
export const nearWord = (said: string, waiting: readonly string[]): string | undefined => {
  const near = new Set(waiting.filter((word) => isOneLetterOff(said, word)))
  const [only] = near
  return near.size === 1 ? only : undefined
}

/** One letter is another, or one is too many, or one is missing. */
const isOneLetterOff = (said: string, word: string): boolean => {
  const [short, long] = said.length < word.length ? [said, word] : [word, said]
  if (long.length - short.length > 1 || short === long) return false
  let at = 0
  while (at < short.length && short[at] === long[at]) at += 1
  const rest = long.slice(at + 1)
  return rest === short.slice(short.length === long.length ? at + 1 : at)
}
