"""The `tables.toml` of the sample lake: what the nycflights13 documentation says about every table and column."""

TABLES_TOML = """
comment = "All flights that departed from New York City in 2013, with weather, planes, airports and airlines"

[tables.flights]
comment = "On-time data of all flights that departed from New York City (JFK, LGA or EWR) in 2013"
foreign_keys = [
  "carrier -> airlines(carrier)",
  "tailnum -> planes(tailnum)",
  "origin -> airports(faa)",
  "dest -> airports(faa)",
  "origin, time_hour -> weather(origin, time_hour)",
]

[tables.flights.columns]
year = "Year of departure"
month = "Month of departure, 1 to 12"
day = "Day of departure"
dep_time = "Actual departure time (format HHMM), local time zone; missing if the flight was cancelled"
sched_dep_time = "Scheduled departure time (format HHMM), local time zone"
dep_delay = "Departure delay in minutes; negative times are early departures"
arr_time = "Actual arrival time (format HHMM), local time zone"
sched_arr_time = "Scheduled arrival time (format HHMM), local time zone"
arr_delay = "Arrival delay in minutes; negative times are early arrivals"
carrier = "Two letter abbreviation of the airline"
flight = "Flight number"
tailnum = "Plane tail number"
origin = "Airport of departure: EWR, JFK or LGA"
dest = "Airport of arrival (destination), its FAA code"
air_time = "Time spent in the air, in minutes"
distance = "Distance between the airports, in miles"
hour = "Hour of the scheduled departure"
minute = "Minute of the scheduled departure"
time_hour = "Date and hour of the scheduled departure, in UTC"

[tables.airlines]
comment = "Airlines (carriers): the name that belongs to each two letter code"
primary_key = ["carrier"]

[tables.airlines.columns]
carrier = "Two letter abbreviation of the airline"
name = "Full name of the airline"

[tables.airports]
comment = "Airports: name and place of each FAA code"
primary_key = ["faa"]

[tables.airports.columns]
faa = "FAA airport code"
name = "Usual name of the airport"
lat = "Latitude of the airport, in degrees"
lon = "Longitude of the airport, in degrees"
alt = "Altitude, in feet"
tz = "Time zone offset from GMT, in hours"
dst = "Daylight savings time zone: A = standard US rules, U = unknown, N = no daylight savings time"
tzone = "IANA time zone, such as America/New_York"

[tables.planes]
comment = "Planes: construction of every plane in the FAA registry that has a tail number"
primary_key = ["tailnum"]

[tables.planes.columns]
tailnum = "Plane tail number"
year = "Year in which the plane was manufactured"
type = "Type of plane, such as fixed wing multi engine"
manufacturer = "Manufacturer of the plane"
model = "Model of the plane"
engines = "Number of engines"
seats = "Number of seats"
speed = "Average cruising speed, in miles per hour; mostly missing"
engine = "Type of engine, such as turbo-fan"

[tables.weather]
comment = "Hourly weather at the three airports of New York City (JFK, LGA, EWR) in 2013"
primary_key = ["origin", "time_hour"]
foreign_keys = ["origin -> airports(faa)"]

[tables.weather.columns]
origin = "Weather station, the FAA code of its airport: EWR, JFK or LGA"
year = "Year of the recording"
month = "Month of the recording, 1 to 12"
day = "Day of the recording"
hour = "Hour of the recording"
temp = "Temperature, in degrees Fahrenheit"
dewp = "Dew point, in degrees Fahrenheit"
humid = "Relative humidity, in percent"
wind_dir = "Direction of the wind, in degrees"
wind_speed = "Speed of the wind, in miles per hour"
wind_gust = "Speed of wind gusts, in miles per hour"
precip = "Precipitation, in inches"
pressure = "Pressure at sea level, in millibars"
visib = "Visibility, in miles"
time_hour = "Date and hour of the recording, in UTC"
""".lstrip()
