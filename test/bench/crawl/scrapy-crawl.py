"""Reads ten fields from the JSON-LD of product pages with Scrapy. Argument: a file with one address a line.

Prints one JSON object: version, pages (with all ten fields), seconds, cpuMs (from the start of the crawl), memory
(bytes at the highest).
"""

import json
import resource
import sys
import time

import scrapy
from scrapy.crawler import CrawlerProcess

CPU = resource.RUSAGE_SELF
result = {"version": scrapy.__version__, "pages": 0}


def cpu_ms():
    used = resource.getrusage(CPU)
    return (used.ru_utime + used.ru_stime) * 1000


class Products(scrapy.Spider):
    name = "products"

    def start_requests(self):
        self.began = (time.monotonic(), cpu_ms())
        with open(sys.argv[1], encoding="utf-8") as file:
            for line in file:
                yield scrapy.Request(line.strip(), callback=self.parse)

    def parse(self, response):
        data = json.loads(response.css('script[type="application/ld+json"]::text').get())
        offer = data["offers"]
        item = {
            "title": data["name"],
            "sku": data["sku"],
            "mpn": data["mpn"],
            "gtin": data["gtin13"],
            "brand": data["brand"]["name"],
            "description": data["description"],
            "images": [response.urljoin(image) for image in data["image"]],
            "price": offer["price"],
            "currency": offer["priceCurrency"],
            "availability": offer["availability"],
        }
        if all(item.values()):
            result["pages"] += 1
        yield item

    def closed(self, reason):
        began, cpu = self.began
        result["seconds"] = time.monotonic() - began
        result["cpuMs"] = cpu_ms() - cpu
        result["memory"] = resource.getrusage(CPU).ru_maxrss * 1024


process = CrawlerProcess(
    {
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": False,
        "TELNETCONSOLE_ENABLED": False,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "RETRY_ENABLED": False,
    }
)
process.crawl(Products)
process.start()
print(json.dumps(result))
