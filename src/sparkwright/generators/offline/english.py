"""Words of English as data: fillers, verbs, synonyms, numbers, units, calendars, and what adjectives measure."""

from __future__ import annotations

from types import MappingProxyType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES = _words("the a an teh")

# What an adjective measures, as words that a column's name may hold, in order of preference.
_AXES = """
    age: age
    birth: birthday, birth date, date of birth, birth year, birth
    length: length, distance, duration, runtime, time, hour
    distance: distance, length
    height: height, elevation, altitude
    weight: weight
    size: size, area, population, capacity, square, acreage, enrollment, number
    speed: speed, velocity, time, duration
    price: price, cost, rate, amount, fee, charge, total
    salary: salary, pay, wage, income
    date: date, year, time, day, founded, opened, built, month
    year: year, date, founded, built
    temperature: temperature
    delay: delay
    rain: precipitation, rain
    wind: wind speed, wind
    population: population
    wealth: money, wealth, worth, income, revenue, profit, balance, salary
    rating: rating, score, rank, grade, point, star
    count:
"""
AXES = MappingProxyType(
    {
        axis.strip(): tuple(term.strip() for term in terms.split(",") if term.strip())
        for axis, _, terms in (line.partition(":") for line in _AXES.strip().splitlines())
    }
)

# adjective: direction of its superlative, and the axis on which it lies
_ADJECTIVES = """
    old: desc age; young: asc age; long: desc length; short: asc length; tall: desc height; high: desc height;
    low: asc height; heavy: desc weight; light: asc weight; large: desc size; big: desc size; small: asc size;
    fast: desc speed; slow: asc speed; cheap: asc price; early: asc date; late: desc date; new: desc date;
    recent: desc date; hot: desc temperature; warm: desc temperature; cold: asc temperature; rich: desc wealth;
    poor: asc wealth; expensive: desc price; populous: desc population; populated: desc population; rainy: desc
    rain; wet: desc rain; dry: asc rain; windy: desc wind; far: desc distance; close: asc distance; busy: desc
    count; popular: desc count; common: desc count; frequent: desc count; delayed: desc delay; highly rated:
    desc rating; costly: desc price; prevalent: desc count; frequently: desc count; commonly: desc count; quick:
    desc speed
"""
ADJECTIVES = MappingProxyType(
    {
        word.strip(): (place.split()[0], place.split()[1])
        for word, _, place in (entry.partition(":") for entry in _ADJECTIVES.split(";"))
    }
)

FILLERS = _words("""
    's a a.k.a according again aka all also although altogether among amongst an answer any anyone as associated
    based be been being both's called-as can company's considered correspond correspondence corresponding
    corresponds could currently's data database dataset did do does e.g each's entries entry ever ever's everybody
    everyone exactly exist exists following found given group grouped groups had has have having he hello her here
    herself hi himself his i i.e in-order in-total info information instead it item-by-item its itself just kind
    least-once let list listed made many may me member members mention mentioned might much must my number's ok
    one ones only order orderly our out overall per- per-se please possible question quite record recorded records
    refer regarded related respective respective's respectively result results row rows said say she should shown
    so some someone sort sorts stored such system table thank thanks the their them themselves then there these
    they this those though time-wise times too total total's up us value values various's very we well whether
    who's within would you your
""")

# Verbs that only tie things together: which tables they tie is said by the keys.
VERBS = _words("""
    act acted acting acts advise advised advises advising affect affected affecting affects allow allowed allows
    appear appeared appearing appears appoint appointed appoints arrive arrived arrives arriving ask asked
    assign assigned assigning assigns associate associated associates attend attended attending attends
    authorize authorized award awarded awards based be bear became become becomes been began begin beginning
    begins begun being belong belonging belongs belongs-to book booked booking books bore born borrow borrowed
    bought bring brings brought build building builds built buy buying buys call calls came carried carries
    carry categorized cause caused causes charge charged charges choose chose chosen claim claimed classified
    close closed closes closing coach coached coaches come comes coming compete competed competes competing
    connect connected connecting connects considered consist consisting consists contact contacted contacting
    contacts contain contained containing contains contribute contributed contributes correspond corresponding
    corresponds cost costing costs count counted cover covered covering covers create created creates creating
    deal deals dealt deliver delivered delivering delivers depart departed departing departs design designed
    destroy destroyed did die died direct directed directing directs display displayed displays do does doing
    done drive driven drives driving drove dying earn earned earning earns elect elected employ employed
    employing employs end ended ending ends enrol enroll enrolled enrolling enrolls establish established exist
    existed existing exists fall falls feature featured features featuring fell file filed files finish finished
    finishes flew flies flown fly flying follow followed following follows found founded founding gave get gets
    give given gives go goes going gone got gotten graduate graduated had handle handled handles handling happen
    happened happening happens has has-had have having head headed heading heads held hire hired hires hiring
    hit hits hold holding holds host hosted hosts implemented include included includes including install
    installed investigate investigated involve involved involves involving issue issued issues issuing join
    joined joining joins keep keeps kept know known land landed landing last lasted lasting lasts launch
    launched launches lead leading leads lease leased leave leaves leaving led left lend lent link linked links
    listed listen live lived lives living locate located lose loses lost made majored majoring make makes
    making manage managed manages managing married marry match matched matches matching measure measured
    measures mentor mentored minoring move moved moves need needed needs nominate nominated occupied
    occupies occupy occur occured occurred occurring occurs offer offered offering offers open opened opening
    opens operate operated operates operating order ordered ordering orders originate originated originating own
    owned owns paid participate participated participates participating pay paying pays perform performed
    performing performs pick picked place placed places play played playing plays positioned prescribe
    prescribed prescribes prescribing process processed processes processing produce produced produces producing
    provide provided provides providing publish published publishes publishing purchase purchased purchases
    purchasing put puts race raced ran rank ranked ranks rate rated rates rating read reads receive received
    receives receiving record-ed recorded recording recruit recruited refer referred refers register registered
    registering registers relate related relates release released releases releasing rent rented renting rents
    report reported reporting reports represent represented representing represents request requested requests
    require required requires reserve reserved reserves review reviewed reviews ridden ride rode run running
    runs sang saw score scored scores scoring see seen sees select selected sell selling sells send sending
    sends sent serve served serves serving set sets ship shipped ships show shown shows sign signed signs sing
    sings situated sold specialise specialize specialized specializes spend spending spends spent sponsor
    sponsored sponsors spread star starred starring stars start started starting starts stationed stay stayed
    staying stays store stored stores storing studied studies study studying submit submits submitted sung
    supervise supervised supervises supplied supplies supply supplying support supported supporting supports
    take take-place taken takes taking taught teach teaches teaching took total totals train train-ed trained
    training trains travel traveled travelled travels treat treated treating treats undergo undergone underwent
    use used uses using view viewed views visit visited visiting visits vote voted votes voting watch watched
    watches weigh weighed weighs went win winning wins won work worked working works write writes writing
    written wrote
""")

# Measures of which the sum over several rows is what a person means by "the customer's amount".
ADDITIVE = _words("""
    amount total quantity sale revenue cost spend expense profit payment distance mile duration count point goal
""")

# Measures of which more is worse, and of which more is better: what `best` and `worse than` turn on.
WORSE_IF_MORE = _words("delay lateness error complaint loss defect failure wait crime accident death penalty fine")
BETTER_IF_MORE = _words("""
    rating score grade point rank star satisfaction quality accuracy profit revenue sale win salary gpa
""") - {"rank"}

# Verbs that say no more than that something is there: at the end of a clause they restrict nothing.
NEUTRAL = _words("""
    appear appears contain contained contains count counted do does done exist existed existing exists found get
    give given gives got had has have included involved keep kept know known list listed located made measured
    recorded represented said saw see seen show shown situated stored take taken occur occurs occurred happen
    happened happens offered total read
""")

_SYNONYMS = """
    salary, pay, wage, earnings; price, cost, fee, charge; carrier, airline; phone, telephone, phone number;
    email, mail, e-mail, email address; country, nation; gender, sex; customer, client, buyer; employee, staff,
    worker; name, title; movie, film; job, occupation, profession, position; quantity, amount; nationality,
    citizenship, country; kind, type, sort; type, category, class, genre; identifier, id; location, place, site,
    venue; picture, photo, image; teacher, instructor, lecturer, faculty; pupil, student; car, vehicle,
    automobile; plane, aircraft, airplane; company, firm, business, corporation, enterprise; begin, start; end,
    finish; shop, store; birthday, birth date, date of birth; surname, last name, family name; forename, first
    name, given name; time, duration; length, duration, runtime; rating, score, grade; author, writer; homeland,
    country; attendance, attendee, audience; date, day, time; zip, postal code, postcode, zip code; lateness,
    delay; late, delay; delayed, delay; left, departure; departed, departure; leave, departure; depart,
    departure; landed, arrival; arrived, arrival; arrive, arrival; revenue, sale, income; stock, inventory;
    year, season; ethnicity, race; nickname, alias; region, area; university, college; institution, institute;
    role, position; description, detail; weather, forecast; maker, manufacturer; hometown, home town, home city;
    capacity, seat; dob, birthday; doctor, physician; wind, gust; altitude, elevation; dormitory, dorm; league,
    division; money, amount, balance; flight number, flight; visitor, guest; person, people; state, province;
    sponsor, sponsorship; wine grape, grape
"""
SYNONYMS = tuple(tuple(" ".join(word.split()) for word in group.split(",")) for group in _SYNONYMS.split(";"))

# Which side of a movement a word speaks of, as words that a column's name may hold.
_SIDES = (
    ("from", "origin source start departure from home hometown"),
    ("to", "destination arrival end to target"),
    ("leave, leaving", "origin source start departure"),
    ("depart, departing", "origin source departure"),
    ("arrive, arriving, landing, landed, into, arrived", "destination arrival"),
    ("departed", "origin departure source"),
    ("at", "origin location place"),
    ("out of", "origin source"),
)
SIDES = MappingProxyType({word: tuple(sides.split()) for words, sides in _SIDES for word in words.split(", ")})

_COUNTING = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
)
_ROUND = {"thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "thousand": 1000, "dozen": 12, "million": 1_000_000}
NUMBERS = MappingProxyType({word: number for number, word in enumerate(_COUNTING.split())} | _ROUND)
TIMES = MappingProxyType({"once": 1, "twice": 2})

_MONTHS = "january february march april may june july august september october november december"
MONTHS = MappingProxyType({name: number for number, name in enumerate(_MONTHS.split(), start=1)})
_WEEKDAYS = "sunday monday tuesday wednesday thursday friday saturday"
WEEKDAYS = MappingProxyType({name: number for number, name in enumerate(_WEEKDAYS.split(), start=1)})
BUCKETS = _words("year quarter month week day hour weekday minute")

# unit: what it measures, and how many of the base unit it is
_TIME = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0}
_METRIC = {"kilometer": 1000.0, "kilometre": 1000.0, "km": 1000.0, "meter": 1.0, "metre": 1.0}
_DISTANCE = {**_METRIC, "mile": 1609.344, "foot": 0.3048, "inch": 0.0254}
_MASS = {"kilogram": 1.0, "kg": 1.0, "pound": 0.45359237, "gram": 0.001, "ton": 1000.0}
UNITS = MappingProxyType(
    {
        unit: (measure, factor)
        for measure, units in (("time", _TIME), ("distance", _DISTANCE), ("mass", _MASS))
        for unit, factor in units.items()
    }
)

LABELS = ("name", "title", "label", "full name")
"""What a person calls a thing by, as the last word of a column's name."""
